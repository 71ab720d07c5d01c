/** The texts of an XML file of any kind, gathered while it is parsed: an element that holds words, with all that is within it. */
type Attributes = Readonly<Record<string, string>>;

export interface XmlRecord {
  /** The element's name, without prefix; with its language where translations lie side by side. */
  readonly name: string;
  readonly text: string;
  /** Number of the element that it lies in: what shares it lies side by side. */
  readonly group: number;
}

interface Frame {
  readonly name: string;
  readonly id: number;
  readonly language: string | undefined;
  /** Whether words stand in it directly, and not only in elements within. */
  hasWords: boolean;
  readonly parts: (string | XmlRecord)[];
}

/** Pictures in XML, as letters. */
const DATA = /^(binary|base64|image|data)$/i;
/** An attribute of as many characters, with a space, may be a text. */
const TEXT_ATTRIBUTE = 20;

export class XmlRecords {
  private readonly stack: Frame[] = [{ name: '', id: 0, language: undefined, hasWords: false, parts: [] }];
  private count = 0;

  onopentag(prefixed: string, attributes: Attributes): void {
    const name = prefixed.slice(prefixed.indexOf(':') + 1);
    const parent = this.stack.at(-1);
    const language = attributes['xml:lang'] ?? attributes['lang'] ?? (name === 'seg' ? parent?.language : undefined);
    this.count++;
    const frame: Frame = { name, id: this.count, language, hasWords: false, parts: [] };
    for (const [key, value] of Object.entries(attributes)) {
      if (value.length < TEXT_ATTRIBUTE || !/\p{L} \p{L}/u.test(value)) continue;
      frame.parts.push({ name: `${name}@${key}`, text: value.trim(), group: this.count });
    }
    this.stack.push(frame);
  }

  ontext(text: string): void {
    const frame = this.stack.at(-1);
    if (frame === undefined || DATA.test(frame.name)) return;
    if (/\S/.test(text)) frame.hasWords = true;
    frame.parts.push(text);
  }

  onclosetag(): void {
    const frame = this.stack.pop();
    const parent = this.stack.at(-1);
    if (frame === undefined || parent === undefined) return;
    const inner = frame.parts.filter((part) => typeof part !== 'string');
    if (!frame.hasWords) {
      // Side by side in this element, unless they already lie side by side in one within.
      for (const record of inner) parent.parts.push(record.group < 0 ? { ...record, group: frame.id } : record);
      return;
    }
    const words = frame.parts
      .map((part) => (typeof part === 'string' ? part : part.name.includes('@') ? '' : part.text))
      .join('');
    const text = words.replaceAll(/[ \t\n\r]+/g, ' ').trim();
    const name =
      frame.name === 'seg' && frame.language !== undefined ? `${frame.name} (${frame.language})` : frame.name;
    parent.parts.push(...inner.filter((record) => record.name.includes('@')), { name, text, group: -1 });
  }

  result(): XmlRecord[] {
    while (this.stack.length > 1) this.onclosetag();
    return (this.stack[0]?.parts ?? []).filter((part) => typeof part !== 'string');
  }
}

/** The text of a web page, gathered while it is parsed: a block is a document, a `<br>` begins a line. */
type Attributes = Readonly<Record<string, string>>;

/** What is no text of the page: what a person is told of, as they call it, and what nobody misses. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['script', 'scripts'],
  ['style', 'styles'],
  ['nav', 'navigation'],
  ['footer', 'footers'],
  ['aside', 'asides'],
  ['form', 'forms'],
  ['math', 'formulas'],
  ['rt', 'readings above characters (ruby)'],
]);
const UNNAMED = new Set(
  'head title noscript template button select textarea dialog iframe object svg audio video canvas rp'.split(' '),
);
const BLOCKS = new Set(
  'address article blockquote body caption center dd div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 header hr li main ol p pre section table tr ul'.split(
    ' ',
  ),
);
/** Page numbers, links to notes and to editing, and the frame of Project Gutenberg's pages. */
const LEFT_OUT_CLASS =
  /(^|\s)(reference|mw-editsection|noprint|navbox|pagenum|pageno|pg-boilerplate|sidenote|fnanchor)(\s|$)/i;

interface Block {
  readonly text: string;
  readonly isMain: boolean;
}

export class HtmlText {
  private readonly blocks: Block[] = [];
  private readonly named = new Set<string>();
  /** Open elements whose text is left out. */
  private readonly skipping: string[] = [];
  private main = 0;
  private lines: string[] = [];
  private line = '';
  private preformatted = 0;

  onopentag(name: string, attributes: Attributes): void {
    if (this.skipping.length > 0 || this.isLeftOut(name, attributes)) {
      this.skipping.push(name);
      return;
    }
    if (name === 'main' || name === 'article') this.main++;
    if (name === 'pre') this.preformatted++;
    if (name === 'br') this.endLine();
    else if (name === 'td' || name === 'th') this.line += ' ';
    else if (BLOCKS.has(name)) this.endBlock();
  }

  onclosetag(name: string): void {
    if (this.skipping.length > 0) {
      this.skipping.pop();
      return;
    }
    if (BLOCKS.has(name)) this.endBlock();
    if (name === 'main' || name === 'article') this.main = Math.max(0, this.main - 1);
    if (name === 'pre') this.preformatted = Math.max(0, this.preformatted - 1);
  }

  ontext(text: string): void {
    if (this.skipping.length > 0) return;
    if (this.preformatted === 0) {
      this.line += text;
      return;
    }
    for (const [at, part] of text.split('\n').entries()) {
      if (at > 0) this.endLine();
      this.line += part;
    }
  }

  private isLeftOut(name: string, attributes: Attributes): boolean {
    const said = NAMED.get(name);
    if (said !== undefined) this.named.add(said);
    if (said !== undefined || UNNAMED.has(name)) return true;
    if (name === 'header') return this.main === 0;
    const { class: classes = '', style = '', role, hidden } = attributes;
    return (
      hidden !== undefined || role === 'navigation' || LEFT_OUT_CLASS.test(classes) || /display\s*:\s*none/i.test(style)
    );
  }

  private endLine(): void {
    const line = this.line.replaceAll(/[ \t\n\r\f]+/g, ' ').trim();
    this.line = '';
    if (line !== '') this.lines.push(line);
  }

  private endBlock(): void {
    this.endLine();
    if (this.lines.length > 0) this.blocks.push({ text: this.lines.join('\n'), isMain: this.main > 0 });
    this.lines = [];
  }

  /** The blocks of the main part, if the page says which it is and it is no mere teaser. */
  result(): { documents: string[]; leftOut: string[] } {
    this.endBlock();
    const length = (blocks: readonly Block[]): number => blocks.reduce((sum, { text }) => sum + text.length, 0);
    const main = this.blocks.filter(({ isMain }) => isMain);
    const isMost = length(main) > 0.3 * length(this.blocks);
    if (isMost && main.length < this.blocks.length) this.named.add('content outside the main part');
    return { documents: (isMost ? main : this.blocks).map(({ text }) => text), leftOut: [...this.named] };
  }
}

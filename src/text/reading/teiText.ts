/** The reading text of a TEI edition, gathered while it is parsed: notes, variants and what was struck out are left out. */
import { counted } from '../../core/counts.ts';
import { joinTokens } from './tokenColumns.ts';

type Attributes = Readonly<Record<string, string>>;

/** What is left out, by what an editor calls it. */
const LEFT_OUT: Readonly<Record<string, readonly [one: string, many: string]>> = {
  note: ['note', 'notes'],
  rdg: ['variant reading', 'variant readings'],
  rdgGrp: ['variant reading', 'variant readings'],
  wit: ['siglum', 'sigla'],
  witDetail: ['siglum', 'sigla'],
  del: ['deletion', 'deletions'],
  surplus: ['surplus passage', 'surplus passages'],
  fw: ['running head', 'running heads'],
  figDesc: ['description of a figure', 'descriptions of figures'],
  teiHeader: ['header', 'headers'],
  facsimile: ['facsimile', 'facsimiles'],
  sourceDoc: ['transcript of the pages', 'transcripts of the pages'],
  standOff: ['stand-off annotation', 'stand-off annotations'],
  front: ['front-matter section', 'front-matter sections'],
  back: ['back-matter section', 'back-matter sections'],
};
/** Of a choice between two spellings, the editor's is read. */
const NOT_CHOSEN = new Set(['sic', 'orig', 'abbr']);
const LINES = new Set(
  'l p head ab speaker stage item row u trailer opener closer salute signed dateline argument epigraph byline castItem docTitle docAuthor imprimatur entry sp lg div div1 div2 div3 div4 div5 div6 div7 body text group list table quote'.split(
    ' ',
  ),
);
const DIVISION = /^(div[1-7]?|text|group)$/;

export class TeiText {
  private readonly documents: string[] = [];
  private readonly counts = new Map<string, number>();
  /** Open elements, the innermost last. */
  private readonly open: string[] = [];
  private readonly skipping: string[] = [];
  private lines: string[] = [];
  private line = '';
  private hasWords = false;
  private readonly hasBody: boolean;

  /** @param hasBody whether the file has a body, so that front and back matter are none of the text */
  constructor(hasBody: boolean) {
    this.hasBody = hasBody;
  }

  onopentag(prefixed: string, attributes: Attributes): void {
    const name = localName(prefixed);
    if (this.skipping.length > 0 || this.isLeftOut(name)) {
      this.skipping.push(name);
      return;
    }
    if (DIVISION.test(name)) this.endDocument();
    else if (LINES.has(name)) this.endLine();
    if (name === 'lb') this.breakLine(attributes['break'] === 'no');
    else if (name === 'w' || name === 'pc') this.hasWords = true;
    else if (name === 'cell') this.line += ' ';
    this.open.push(name);
  }

  onclosetag(prefixed: string): void {
    if (this.skipping.length > 0) {
      this.skipping.pop();
      return;
    }
    const name = localName(prefixed);
    this.open.pop();
    if (DIVISION.test(name)) this.endDocument();
    else if (LINES.has(name)) this.endLine();
    // Without divisions, poems and paragraphs are the documents.
    const isOutermost = !this.open.some((each) => /^(div[1-7]?|lg|sp|p|quote|list)$/.test(each));
    if (isOutermost && /^(lg|sp|p|ab)$/.test(name)) this.endDocument();
  }

  ontext(text: string): void {
    if (this.skipping.length === 0) this.line += text;
  }

  private isLeftOut(name: string): boolean {
    if (NOT_CHOSEN.has(name)) return this.open.at(-1) === 'choice';
    const said = LEFT_OUT[name];
    if (said === undefined || (!this.hasBody && /^(front|back)$/.test(name))) return false;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    return true;
  }

  /** A line of print: in a word it joins both parts. */
  private breakLine(isWithinWord: boolean): void {
    if (isWithinWord) this.line = this.line.trimEnd().replace(/[-‐¬]$/, '');
    else if (this.open.at(-1) === 'ab') this.endLine();
    else this.line += ' ';
  }

  private endLine(): void {
    const line = this.line.replaceAll(/[ \t\n\r]+/g, ' ').trim();
    this.line = '';
    if (line !== '') this.lines.push(this.hasWords ? joinTokens(line.split(' ')) : line);
    this.hasWords = false;
  }

  private endDocument(): void {
    this.endLine();
    if (this.lines.length > 0) this.documents.push(this.lines.join('\n'));
    this.lines = [];
  }

  result(): { documents: string[]; leftOut: string[] } {
    this.endDocument();
    const said = new Map<string, number>();
    for (const [name, count] of this.counts) {
      const words = LEFT_OUT[name]?.[1] ?? name;
      said.set(words, (said.get(words) ?? 0) + count);
    }
    const leftOut = [...said].map(([words, count]) => {
      const one = Object.values(LEFT_OUT).find(([, many]) => many === words)?.[0] ?? words;
      return counted(count, one, words);
    });
    return { documents: this.documents, leftOut };
  }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

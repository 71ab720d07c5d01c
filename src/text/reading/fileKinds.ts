/** Files that hold no text that can be read, by their first bytes or words: what they are, and how to get the text. */
import { StudioError } from '../../core/errors.ts';

const ADVICE = {
  convert: 'Open it in the program that made it, save it as plain text (.txt, UTF-8), and load that.',
  pdf: 'Copy the text out of it, or convert it (the command pdftotext does that), and load the .txt file.',
  word: 'In Word or LibreOffice, save it as plain text (.txt, UTF-8), or as .docx, and load that.',
  sheet: 'Save the sheet that contains the text as CSV (UTF-8), and load that.',
  slides: 'Save the outline as plain text (.txt, UTF-8), and load that.',
  image: 'An image of a page contains no letters: run text recognition (OCR) on it, and load the result.',
  sound: 'Load a transcript or the subtitles instead.',
  unpack: 'Unpack it, and load the text files inside; zip, tar and gzip archives are opened as they are.',
  program: 'Choose the text itself.',
  data: 'Export the column that contains the text as CSV or JSON Lines, and load that.',
  model: 'To continue with a model, open its folder or archive under “Open a model”.',
  lfs: 'Fetch the text with “git lfs pull”, or download it from the web page of the repository.',
  error: 'Download the text again; the address may be wrong, or may require a login.',
} as const;

type Advice = keyof typeof ADVICE;

/** Bytes at a place, as letters; "?" stands for any byte. What it is goes on with “…, not plain text”. */
const SIGNATURES: readonly (readonly [bytes: string, at: number, what: string, advice: Advice])[] = [
  ['%PDF-', 0, 'a PDF document', 'pdf'],
  ['{\\rtf', 0, 'a rich text document (RTF)', 'word'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 0, 'an old-format Office document (.doc, .xls or .ppt)', 'word'],
  ['%!PS', 0, 'a PostScript document', 'pdf'],
  ['AT&TFORM', 0, 'a DjVu document', 'pdf'],
  ['BOOKMOBI', 60, 'a Kindle book (.mobi or .azw)', 'convert'],
  ['ITSF', 0, 'a compiled help file (.chm)', 'convert'],
  ['\xffWPC', 0, 'a WordPerfect document', 'convert'],
  ['\x89PNG', 0, 'a PNG image', 'image'],
  ['\xff\xd8\xff', 0, 'a JPEG image', 'image'],
  ['GIF8', 0, 'a GIF image', 'image'],
  ['II*\0', 0, 'a TIFF image', 'image'],
  ['MM\0*', 0, 'a TIFF image', 'image'],
  ['WEBP', 8, 'a WebP image', 'image'],
  ['8BPS', 0, 'a Photoshop file', 'image'],
  ['BM????\0\0\0\0', 0, 'a BMP image', 'image'],
  ['\0\0\x01\0', 0, 'an icon', 'image'],
  ['ftypheic', 4, 'a HEIC image', 'image'],
  ['ftypavif', 4, 'an AVIF image', 'image'],
  ['WAVE', 8, 'a WAV recording', 'sound'],
  ['AVI ', 8, 'an AVI video', 'sound'],
  ['ID3', 0, 'an MP3 recording', 'sound'],
  ['\xff\xfb', 0, 'an MP3 recording', 'sound'],
  ['OggS', 0, 'an Ogg recording', 'sound'],
  ['fLaC', 0, 'a FLAC recording', 'sound'],
  ['ftyp', 4, 'an MP4 video or audio file', 'sound'],
  ['\x1a\x45\xdf\xa3', 0, 'a Matroska or WebM video', 'sound'],
  ['BZh?1AY&SY', 0, 'compressed with bzip2 (.bz2)', 'unpack'],
  ['\xfd7zXZ\0', 0, 'compressed with xz', 'unpack'],
  ['7z\xbc\xaf\x27\x1c', 0, 'a 7-Zip archive (.7z)', 'unpack'],
  ['Rar!\x1a\x07', 0, 'a RAR archive', 'unpack'],
  ['\x28\xb5\x2f\xfd', 0, 'compressed with Zstandard (.zst)', 'unpack'],
  ['\x04\x22\x4d\x18', 0, 'compressed with LZ4 (.lz4)', 'unpack'],
  ['LZIP', 0, 'compressed with lzip', 'unpack'],
  ['\x1f\x9d', 0, 'compressed with compress (.Z)', 'unpack'],
  ['MSCF', 0, 'a cabinet archive (.cab)', 'unpack'],
  ['\x7fELF', 0, 'a program', 'program'],
  ['MZ?\0', 0, 'a Windows program', 'program'],
  ['\xca\xfe\xba\xbe', 0, 'a compiled program', 'program'],
  ['\xcf\xfa\xed\xfe', 0, 'a program', 'program'],
  ['\0asm', 0, 'a WebAssembly program', 'program'],
  ['OTTO', 0, 'a font', 'program'],
  ['wOFF', 0, 'a font', 'program'],
  ['wOF2', 0, 'a font', 'program'],
  ['\0\x01\0\0\0', 0, 'a font', 'program'],
  ['SQLite format 3', 0, 'an SQLite database', 'data'],
  ['\0\x01\0\0Standard', 0, 'an Access database', 'data'],
  ['PAR1', 0, 'a Parquet file', 'data'],
  ['ARROW1', 0, 'an Arrow file', 'data'],
  ['FEA1', 0, 'a Feather file', 'data'],
  ['ORC', 0, 'an ORC file', 'data'],
  ['Obj\x01', 0, 'an Avro file', 'data'],
  ['\x89HDF', 0, 'an HDF5 file', 'data'],
  ['\x93NUMPY', 0, 'a NumPy array', 'data'],
  ['bplist00', 0, 'a binary property list', 'data'],
  ['$FL2', 0, 'an SPSS file', 'data'],
  ['GGUF', 0, 'model weights (GGUF)', 'model'],
  ['\x80\x02', 0, 'a Python pickle', 'data'],
  ['\x80\x04\x95', 0, 'a Python pickle', 'data'],
  ['\x80\x05\x95', 0, 'a Python pickle', 'data'],
];

/** Texts that stand in for another file. */
const STAND_INS: readonly (readonly [RegExp, what: string, advice: Advice])[] = [
  [
    /^version https:\/\/git-lfs\.github\.com\/spec\//,
    'a Git LFS pointer, not the text: the text was left out when the repository was downloaded',
    'lfs',
  ],
  [
    /^(# xet version|\/annex\/objects\/|\.git\/annex\/objects\/)/,
    'a pointer to the text, not the text: it was left out when the repository was downloaded',
    'lfs',
  ],
  [
    /^\[InternetShortcut\]|^<\?xml[^>]*>\s*<!DOCTYPE plist[^>]*>\s*<plist[^>]*>\s*<dict>\s*<key>URL<\/key>/,
    'a link to a web page, not the page itself',
    'error',
  ],
  [/^(<\?xml[^>]*>\s*)?<Error>\s*<Code>/, 'a server’s error message, saved in place of the text', 'error'],
  [
    /^\s*\{\s*"(errors?|message|detail|status|code)"\s*:[^[\]]{0,300}\}\s*$/,
    'a server’s error message, saved in place of the text',
    'error',
  ],
  [
    /^(\d{3}:? )?(Entry not found|Not Found|Forbidden|Access denied|Repository not found|Unauthorized|Invalid username or password)\.?\s*$/i,
    'a server’s error message, saved in place of the text',
    'error',
  ],
  [
    /^\s*<svg[\s>]|^<\?xml[^>]*>\s*(<!--[\s\S]*?-->\s*|<!DOCTYPE svg[^>]*>\s*)*<svg[\s>]/,
    'an SVG image, not plain text',
    'image',
  ],
  [/^d\d+:(announce|created by)/, 'a torrent, not the files that it names', 'error'],
  [/^-----BEGIN PGP MESSAGE-----/, 'an encrypted message, not plain text', 'convert'],
  [
    /^(?=[\s\S]{0,4000}^MIME-Version:)(?=[\s\S]{0,4000}^Content-Type:\s*multipart\/)/im,
    'a web page or e-mail with its attachments (MIME), not plain text',
    'convert',
  ],
];

/** Titles of pages that stand in for a text. */
const ERROR_TITLE =
  /\b(40[0-9]|50[0-9])\b|not found|forbidden|access denied|unauthori[sz]ed|error|sign in|log ?in|just a moment|captcha|are you (a )?(human|robot)|virus scan warning|too many requests|bad gateway|service unavailable|maintenance|redirect|moved permanently|attention required/i;
/** A page with more letters than that has a text. */
const SHORT_PAGE = 3000;

export function refuseKind(name: string, kind: string, advice: Advice): never {
  throw new StudioError('dataKind', `${name} is ${kind}`, { name, kind, advice: ADVICE[advice] });
}

/** What a file is by its first bytes, and how to get its text. */
export function kindOfBytes(bytes: Uint8Array): readonly [what: string, advice: Advice] | null {
  for (const [signature, at, what, advice] of SIGNATURES) {
    const fits = [...signature].every((letter, i) => letter === '?' || bytes[at + i] === letter.charCodeAt(0));
    // Two bytes alone may begin a text in another encoding, too: there are others that no text has.
    if (fits && (signature.length > 3 || isBinary(bytes))) return [what, advice];
  }
  return null;
}

/** Refuses files that are no text by their first bytes. @throws StudioError `dataKind` */
export function refuseBinaryKinds(bytes: Uint8Array, name: string): void {
  const [what, advice] = kindOfBytes(bytes) ?? [];
  if (advice !== undefined) refuseKind(name, `${what}, not plain text`, advice);
  const header = bytes.length > 16 ? new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true) : 0n;
  if (header > 1n && header < BigInt(bytes.length) && bytes[8] === 0x7b && bytes[7] === 0) {
    refuseKind(name, 'model weights (safetensors), not a text', 'model');
  }
}

/** Whether the first bytes hold control characters that no text has. */
function isBinary(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 4096);
  return head.filter((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x1b)).length > 0.01 * head.length;
}

/** Refuses pointers, error messages and pages that say that there is nothing. @throws StudioError `dataKind` */
export function refuseStandIns(text: string, name: string): void {
  const head = text.slice(0, 4096).trimStart();
  for (const [pattern, what, advice] of STAND_INS) if (pattern.test(head)) refuseKind(name, what, advice);
  const title = /^\s*<(!doctype|html|head|title)\b[\s\S]*?<title[^>]*>([^<]*)<\/title>/i
    .exec(head)?.[2]
    ?.replaceAll(/\s+/g, ' ')
    .trim();
  if (
    title !== undefined &&
    ERROR_TITLE.test(title) &&
    text.replaceAll(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, '').length < SHORT_PAGE
  ) {
    refuseKind(name, `a web page that says “${title.slice(0, 80)}”, saved in place of the text`, 'error');
  }
}

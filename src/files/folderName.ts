/** The name of the bundle's folder, from what a person typed. */

const FALLBACK = 'my-bert';
/** The Hugging Face Hub takes no longer name. */
const LONGEST = 96;
/** Names that Windows keeps for itself. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A name that every file system and the Hugging Face Hub take: ASCII letters, digits, dot, dash and underscore.
 * @example folderName('Mein BERT: früh/spät') === 'Mein-BERT-fruh-spat'
 */
export function folderName(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .slice(0, LONGEST)
    .replace(/^[-._]+|[-._]+$/g, '');
  return slug === '' || RESERVED.test(slug) ? FALLBACK : slug;
}

/** A file's name from the name of a run. @example fileNameOf('Run 2, tiny') // 'run-2-tiny' */
export function fileNameOf(name: string): string {
  const slug = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '');
  return slug === '' ? 'run' : slug.toLowerCase();
}

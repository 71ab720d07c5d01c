/** The browser's own dialogue for files, from anywhere. @returns nothing if it was closed */
export function chooseFiles(options: { readonly accept: string; readonly multiple: boolean }): Promise<File[]> {
  const input = Object.assign(document.createElement('input'), { type: 'file', ...options });
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

/** Hands bytes to the person as a file. Nothing leaves the machine: the address is the page's own. */
export function saveBlob(blob: Blob, fileName: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser has taken the bytes over once the click has been handled.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Hands over a picture as text. */
export function saveSvg(text: string, fileName: string): void {
  saveBlob(new Blob([text], { type: 'image/svg+xml' }), fileName);
}

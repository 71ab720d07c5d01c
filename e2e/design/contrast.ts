/** Contrast of two colours of `tokens.css`. Source: WCAG 2.2, "relative luminance" and "contrast ratio". */

/** The colour of a variable in a scheme, as the browser computes it: three parts from 0 to 255. */
function colourOf(scheme: string, name: string): [number, number, number] {
  const probe = document.createElement('span');
  probe.setAttribute('data-mantine-color-scheme', scheme);
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
  probe.remove();
  return [red, green, blue];
}

function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** 1 to 21. */
export function contrast(scheme: string, name: string, against: string): number {
  const [a, b] = [luminance(colourOf(scheme, name)), luminance(colourOf(scheme, against))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

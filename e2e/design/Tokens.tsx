import { contrast } from './contrast.ts';

/** Names as in `src/design/tokens.css`, with what each is for. */
const COLOURS: readonly (readonly [string, string])[] = [
  ['paper', 'the page'],
  ['paper-sunken', 'code, notices, what is hovered'],
  ['paper-raised', 'fields and quiet buttons'],
  ['ink', 'text'],
  ['ink-soft', 'second text'],
  ['ink-faint', 'units, notes, marks'],
  ['hairline', 'between parts'],
  ['hairline-strong', 'around fields'],
  ['accent', 'what is alive, what to press next'],
  ['focus', 'where the keyboard is'],
  ['data-train', 'training loss'],
  ['data-held-out', 'held-out loss'],
  ['data-reference', 'lines to read a loss against'],
  ['data-masked', 'masked'],
  ['data-predicted', 'predicted'],
  ['data-other', 'everything else that is compared'],
];

/** Text needs 4.5 to 1 against its paper, marks and lines of data 3 to 1. */
const TEXT = new Set(['ink', 'ink-soft', 'ink-faint', 'accent']);

const TYPE: readonly (readonly [string, string, string])[] = [
  ['book', 'Newsreader', 'Rough winds do shake the darling buds of May'],
  ['sans', 'Inter', 'The held-out loss fell from 6.24 to 4.57 in 400 steps'],
  ['mono', 'JetBrains Mono', 'input_ids 0O 1lI <mask> Ġsummer 2,048'],
];

const SIZES = ['title', 'xl', 'lg', 'md', 'sm', 'xs'] as const;
const SPACES = [4, 8, 12, 16, 20, 24, 28, 36, 48] as const;

/** Colours of both schemes, type, sizes and space. */
export function Tokens() {
  return (
    <>
      <section>
        <h2>Colour</h2>
        <p className="soft small">
          The second figure is the contrast with the paper of its scheme. Text has 4.5 at least, marks of data 3.
        </p>
        <div className="design-schemes">
          {(['light', 'dark'] as const).map((scheme) => (
            <Palette key={scheme} scheme={scheme} />
          ))}
        </div>
      </section>
      <section>
        <h2>Type</h2>
        {TYPE.map(([name, face, words]) => (
          <div key={name} className="design-face">
            <p style={{ fontFamily: `var(--font-${name})` }}>{words}</p>
            <span className="small soft">
              {face}, --font-{name}
            </span>
          </div>
        ))}
        <div className="design-sizes">
          {SIZES.map((size) => (
            <p key={size} className="design-size">
              <span style={{ fontSize: `var(--text-${size})` }}>Thou art more lovely</span>
              <code>--text-{size}</code>
            </p>
          ))}
        </div>
      </section>
      <section>
        <h2>Space</h2>
        <p className="soft small">A grid of 4 px. Lines of prose have 66 characters at most (--measure).</p>
        <div className="design-spaces">
          {SPACES.map((pixels) => (
            <span key={pixels} className="design-space">
              <span style={{ width: pixels }} />
              <code>{pixels}</code>
            </span>
          ))}
        </div>
      </section>
    </>
  );
}

function Palette({ scheme }: { readonly scheme: 'light' | 'dark' }) {
  return (
    <div className="design-palette" data-mantine-color-scheme={scheme}>
      {COLOURS.map(([name, use]) => (
        <div key={name} className="design-colour">
          <span className="design-swatch" style={{ background: `var(--${name})` }} />
          <span>
            <code>{name}</code>
            <span className="design-use">{use}</span>
          </span>
          <span className="design-contrast tabular">{ratio(scheme, name)}</span>
        </div>
      ))}
    </div>
  );
}

/** @example ratio('light', 'ink') === "16.1" */
function ratio(scheme: string, name: string): string {
  if (!TEXT.has(name) && !name.startsWith('data-') && name !== 'focus') return '';
  return contrast(scheme, name, 'paper').toFixed(1);
}

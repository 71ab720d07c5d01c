/** The design page: Folio's own tokens, type and components, drawn by Folio's own code. `npm run design` writes it down. */
import '@fontsource-variable/newsreader/wght.css';
import '@fontsource-variable/newsreader/wght-italic.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@mantine/core/styles.layer.css';
import '../../src/design/tokens.css';
import '../../src/design/base.css';
import '../../src/design/stepPage.css';
import './page.css';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { cssVariablesResolver, theme } from '../../src/design/theme.ts';
import { Components } from './Components.tsx';
import { Tokens } from './Tokens.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="light">
    <main className="design">
      <header className="design-head">
        <h1>Folio: the design</h1>
        <p className="book soft">
          A well-set book and a precise instrument. Paper and ink, hairlines in place of boxes, one accent for what is
          alive and what to press next.
        </p>
        <button type="button" className="link-button" id="scheme">
          Light or dark
        </button>
      </header>
      <Tokens />
      <Components />
    </main>
  </MantineProvider>,
);

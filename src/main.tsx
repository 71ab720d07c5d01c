/** Composition root: the engine, the store that talks to it, the page that shows the store. */
import '@fontsource-variable/newsreader/wght.css';
import '@fontsource-variable/newsreader/wght-italic.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
// In a layer: Folio's own rules win, whatever the order of the files.
import '@mantine/core/styles.layer.css';
import './design/tokens.css';
import './design/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { createEngineClient } from './studio/client.ts';
import { keepOffline } from './studio/page/offline.ts';
import { arrive, createStudio } from './studio/page/studio.ts';
import { followAddress, readHash } from './studio/page/urlSettings.ts';
import { mountStudio } from './studio/page/useStudio.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

const engine = createEngineClient();
const studio = createStudio(engine, readHash(window.location.hash));
followAddress(studio);
mountStudio(studio, engine);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
// After what the person waits for.
void arrive(engine, studio).then(() => keepOffline(studio));

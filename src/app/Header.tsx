import { Box, Group, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { DEVICE_TITLES } from '../core/device.ts';
import { Definitions, Popup } from '../design/Popup.tsx';
import { useActions, useStudio } from '../studio/page/useStudio.ts';
import { Key } from './palette/Key.tsx';
import './header.css';

/** The name, what Folio computes on, the way to every command, and the colour scheme. */
export function Header({ onCommands }: { readonly onCommands: () => void }) {
  return (
    <header className="header">
      <Group component="p" gap={14} align="baseline" mr="auto" maw="none" ff="var(--font-book)">
        <span className="header-title">Folio</span>
        <em className="faint mantine-visible-from-sm">a BERT of your own, trained in your browser</em>
      </Group>
      <DeviceLine />
      <Glossary />
      <UnstyledButton className="tiny soft" aria-haspopup="dialog" onClick={onCommands}>
        Commands
        <Box component="span" visibleFrom="sm" ml={8} aria-hidden="true">
          <Key name="Ctrl K" />
        </Box>
      </UnstyledButton>
      <SchemeToggle />
    </header>
  );
}

function DeviceLine() {
  const { report, probing } = useStudio((state) => state.device);
  const { goTo } = useActions();
  if (report === null)
    return <span className="header-device tiny soft">{probing ? 'Checking this device' : 'Device unknown'}</span>;
  const software = report.isFallbackAdapter ? ', software' : '';
  return (
    <UnstyledButton className="header-device tiny soft" onClick={() => goTo('model')} title={report.reason}>
      <span className="visually-hidden">Device: </span>
      {DEVICE_TITLES[report.active]}
      <span className="mantine-visible-from-sm">{report.adapter === report.active ? '' : `, ${report.adapter}`}</span>
      {report.adapter.includes('software') ? '' : software}
    </UnstyledButton>
  );
}

/** Light or dark: as the system says until it is pressed, remembered afterwards. */
function SchemeToggle() {
  const { toggleColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const words = `Switch to ${shown === 'light' ? 'dark' : 'light'} theme`;
  return (
    <UnstyledButton
      className="soft"
      display="flex"
      p={6}
      style={{ alignSelf: 'center' }}
      onClick={toggleColorScheme}
      aria-label={words}
      title={words}
    >
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <circle cx="10" cy="10" r="7.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M10 2.75a7.25 7.25 0 0 1 0 14.5z" fill="currentColor" />
      </svg>
    </UnstyledButton>
  );
}

/** The words that Folio uses as the field does, for who meets them here for the first time. */
const TERMS = {
  Baseline:
    'What a simpler method achieves on the same masks: a random guess, token frequencies (unigram), or neighbour counts.',
  Batch: 'The sequences that are processed together: one batch per step, or several with gradient accumulation.',
  Calibration:
    'How well confidence and accuracy agree: of the predictions made with 70% confidence, 70% should be correct.',
  Checkpoint: 'The saved state of a run, from which it can be resumed: weights, optimizer state and step.',
  Epoch: 'One pass over the training text.',
  Fertility: 'Tokens per word. 1 means that every word is one token.',
  'Held-out text': 'Documents withheld from training, to measure how the model does on text it has not read.',
  Loss: 'The mean negative log-likelihood of the masked tokens: the logarithm of 1 over the probability given to the correct token. Lower is better.',
  Merge: 'A pair of tokens that the tokenizer joined into a new one. The most frequent pair is joined first.',
  Nat: 'The unit of the loss, which uses natural logarithms. 0.69 nats is one chance in two, 2.3 nats one in ten; a nat is 1.44 bits.',
  'Neighbour counts':
    'A table of how often each token, or word, of the training text occurs beside another, and between two others.',
  Overfitting: 'The training loss falls while the held-out loss rises: the text is memorised.',
  Perplexity: 'e to the power of the loss: the effective number of choices per token.',
  Sequence: 'The tokens that the model reads at once.',
  Token: 'A piece of text with a number of its own: a word, a part of one, or a byte.',
  Unigram: 'Predicting every token by its frequency alone, whatever its context.',
};

function Glossary() {
  return (
    <Popup label="Glossary" title="Glossary" className="tiny soft plain-button">
      <Definitions of={TERMS} />
    </Popup>
  );
}

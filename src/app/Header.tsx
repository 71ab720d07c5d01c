import { Box, Group, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { DEVICE_TITLES } from '../core/device.ts';
import { useActions, useStudio } from '../studio/page/useStudio.ts';
import { Glossary } from './Glossary.tsx';
import { Key } from './palette/Key.tsx';
import './header.css';

/** The name, what Folio computes on, the way to every command, and the colour scheme. */
export function Header({ onCommands }: { readonly onCommands: () => void }) {
  return (
    <header className="header">
      <Group component="p" gap={14} align="baseline" mr="auto" maw="none" ff="var(--font-book)">
        <span className="header-title">Folio</span>
        <em className="faint mantine-visible-from-sm">a BERT of your own, trained on this page</em>
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
    return <span className="header-device tiny soft">{probing ? 'Checking this device' : 'Device not known'}</span>;
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
  const words = `Use the ${shown === 'light' ? 'dark' : 'light'} colours`;
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

import { Tabs } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import '../../design/tabs.css';

interface TrainTabsProps {
  /** What stands in each, by its title; the first is open. */
  readonly panels: Readonly<Record<string, ReactNode>>;
}

/** What is behind the run: its curves, the other runs, the settings of the next one. */
export function TrainTabs({ panels }: TrainTabsProps) {
  const titles = Object.keys(panels);
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = chosen !== null && titles.includes(chosen) ? chosen : (titles[0] ?? null);
  return (
    <Tabs value={shown} onChange={setChosen} keepMounted={false}>
      <Tabs.List aria-label="More about the run">
        {titles.map((title) => (
          <Tabs.Tab key={title} value={title}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {titles.map((title) => (
        <Tabs.Panel key={title} value={title} pt={20}>
          {panels[title]}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

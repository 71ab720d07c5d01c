import { Tabs, type TabsPanelProps } from '@mantine/core';
import { type ReactNode, Suspense } from 'react';
import './tabs.css';

interface TabPanelsProps<T extends string> {
  /** Of the list of tabs. */
  readonly label: string;
  /** What stands in each, by its title. */
  readonly panels: Readonly<Partial<Record<T, ReactNode>>>;
  /** The title of the open one; the first where it is not among them. */
  readonly chosen: T | null;
  readonly onChoose: (title: T) => void;
  readonly panel?: Pick<TabsPanelProps, 'className' | 'pt'>;
}

/** Several views in one place. Only the open one is there. */
export function TabPanels<T extends string>({
  label,
  panels,
  chosen,
  onChoose,
  panel = { pt: 20 },
}: TabPanelsProps<T>) {
  const titles = Object.keys(panels) as T[];
  const shown = titles.find((title) => title === chosen) ?? titles[0] ?? null;
  return (
    <Tabs value={shown} onChange={(title) => onChoose(title as T)} keepMounted={false}>
      <Tabs.List aria-label={label}>
        {titles.map((title) => (
          <Tabs.Tab key={title} value={title}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {titles.map((title) => (
        <Tabs.Panel key={title} value={title} {...panel}>
          <Suspense fallback={null}>{panels[title]}</Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

import { Tabs, type TabsPanelProps } from '@mantine/core';
import { type ReactNode, Suspense } from 'react';
import './tabs.css';

interface TabPanelsProps<T extends string> {
  readonly label: string;
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
  const shown = Math.max(0, titles.indexOf(chosen as T));
  // Ids are made of the values, and may hold no space.
  return (
    <Tabs value={String(shown)} onChange={(at) => onChoose(titles[Number(at)] as T)} keepMounted={false}>
      <Tabs.List aria-label={label}>
        {titles.map((title, at) => (
          <Tabs.Tab key={title} value={String(at)}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {titles.map((title, at) => (
        <Tabs.Panel key={title} value={String(at)} {...panel}>
          <Suspense fallback={null}>{panels[title]}</Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

import { useEffect, useRef } from 'react';
import { counted } from '../core/counts.ts';
import type { RunPhase } from '../studio/events.ts';
import { readStudio, useActions, useStudio } from '../studio/page/useStudio.ts';

/** How a run can end without the person's doing, in words. */
const ENDS: Partial<Record<RunPhase, string>> = {
  finished: 'Training has finished',
  failed: 'Training has failed',
  interrupted: 'Training was interrupted',
};

/** Whether this browser has notifications, and this page may still ask for them. */
export function noticesAllowed(): 'yes' | 'ask' | 'no' | 'missing' {
  if (!('Notification' in window)) return 'missing';
  const { permission } = Notification;
  return permission === 'granted' ? 'yes' : permission === 'denied' ? 'no' : 'ask';
}

/** Shows a notification when a run ends, if the person asked for it and the browser lets us. */
export function useEndNotice(): void {
  const phase = useStudio((state) => state.train.state.phase);
  const before = useRef(phase);
  const { setTellAtEnd } = useActions();
  useEffect(() => {
    const title = before.current === phase ? undefined : ENDS[phase];
    before.current = phase;
    const { tellAtEnd, state, runs } = readStudio().train;
    if (title === undefined || !tellAtEnd || noticesAllowed() !== 'yes') return;
    const latest = runs.at(-1)?.log.heldOut.column('loss').at(-1);
    const loss = latest === undefined ? '' : `, held-out loss ${latest.toFixed(2)}`;
    // Where it can't be shown after all, the button has to stand there again.
    showNotice(title, `${counted(state.step, 'step')}${loss}`).catch(() => setTellAtEnd(false));
  }, [phase, setTellAtEnd]);
}

/** Phones take notifications from a service worker alone. */
async function showNotice(title: string, body: string): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const options = { body, tag: 'folio-run' };
  if (registration?.active) return registration.showNotification(title, options);
  const notice = new Notification(title, options);
  notice.onclick = () => window.focus();
}

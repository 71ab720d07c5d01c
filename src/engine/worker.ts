/** The engine's worker. */
import { commands } from './commands.ts';
import { serve } from './rpc.ts';
import { createSession } from './session.ts';

serve(commands, createSession);

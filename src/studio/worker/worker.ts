/** The engine's worker. */
import { serve } from '../rpc.ts';
import { commands } from './commands.ts';
import { createSession } from './session.ts';

serve(commands, createSession);

// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, set } from '../lib.mjs';
// A sign-in page, saved under the file's name.
export default () =>
  set(
    base(),
    'model.safetensors',
    `<!doctype html>\n<html><head><title>Sign in</title></head>\n<body><h1>Please sign in to see this file</h1>${'<p>One moment.</p>'.repeat(40)}</body></html>\n`,
  );

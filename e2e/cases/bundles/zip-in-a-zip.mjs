// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, inFolder, zip } from '../lib.mjs';
// Downloads of build results are zipped once more.
export default () => ({
  name: 'artifact.zip',
  bytes: zip(new Map([['my-bert.zip', zip(inFolder(base(), 'my-bert'))]]), { stored: true }),
});

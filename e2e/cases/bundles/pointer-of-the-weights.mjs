// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, set } from '../lib.mjs';
export default () =>
  set(
    base(),
    'model.safetensors',
    'version https://git-lfs.github.com/spec/v1\noid sha256:0b7c2f4a6d8e1305792b4d6f8193a5c7e9fb0d2f4163857a9cbed0f214365878\nsize 128424\n',
  );

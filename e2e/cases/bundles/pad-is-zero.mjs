// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { moved } from '../moved.mjs';
// <pad> 0, <s> 1, </s> 2, <unk> 3, <mask> 4; positions count from 1, so that there are T + 1 of them.
export default () => moved(['<pad>', '<s>', '</s>', '<unk>', '<mask>']);

"""The tokens of each export as text (a character a byte), for initial values that know spelling.

    python exportStrings.py RAW DATA
"""
import json
import os
import sys

import numpy as np

raw, out = sys.argv[1:3]
keep = [*range(33, 127), *range(161, 173), *range(174, 256)]
byte = {chr(b): b for b in keep}
for n, b in enumerate(b for b in range(256) if b not in keep):
    byte[chr(256 + n)] = b
for name in sorted(f for f in os.listdir(raw) if f.endswith('.json') and '-' in f):
    tokens = json.load(open(f'{raw}/{name}'))['tokens']
    texts = ['' if i < 5 else bytes(byte[c] for c in t if byte[c]).decode('latin-1') for i, t in enumerate(tokens)]
    np.savez_compressed(f'{out}/tok-{name[:-5]}.npz', text=np.frombuffer('\0'.join(texts).encode('latin-1'), np.uint8))

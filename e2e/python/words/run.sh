#!/bin/bash
# bash .lab/run.sh SECONDS: results go to $OUT (or .lab/out); a process that loses the device is started again and goes on.
seconds=${1:-480}; shift
here=$(cd "$(dirname "$0")" && pwd); out=${OUT:-$here/out}; mkdir -p "$out"
export LAB_START=$(date +%s.%N) PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True OMP_NUM_THREADS=${OMP_NUM_THREADS:-8} PYTHONUNBUFFERED=1
nvidia-smi > "$out/device.txt" 2>&1
for try in 1 2 3 4 5; do
  timeout -s KILL $((seconds + 8)) "${PYTHON:-python3}" "$here/wordLab.py" --data "$here/data" --out "$out" --seconds "$seconds" "$@" >> "$out/stdout.txt" 2>> "$out/stderr.txt"
  code=$?; echo "try $try: exit $code after $(echo "$(date +%s.%N) - $LAB_START" | bc 2>/dev/null || date)" >> "$out/tries.txt"
  [ $code -eq 0 ] && break
  [ $code -eq 3 ] && export LAB_SAFE=1
  now=$(date +%s); [ $((now - ${LAB_START%.*})) -ge $((seconds - 20)) ] && break
done
tail -c 6000 "$out/log.txt"; head -c 5000 "$out/summary.txt"

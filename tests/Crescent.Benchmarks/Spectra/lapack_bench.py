"""LAPACK's side of the spectra benchmark: singular value decompositions (gesdd) of the same matrices, asked for one timed piece of work per line of standard input.

Usage: lapack_bench.py MATRICES THREADS. MATRICES holds pairs of float32 matrices, shapes as in SHAPES. Commands:
  values I    singular values of the first matrix of pair I
  pair I      both matrices of pair I decomposed with all vectors; prints seconds
"""
import math
import sys
import time

import numpy

SHAPES = [(128, 128), (384, 128), (512, 512), (1024, 512)]


def main():
    flat, at, pairs = numpy.fromfile(sys.argv[1], dtype=numpy.float32).astype(numpy.float64), 0, []
    for shape in SHAPES:
        size = math.prod(shape)
        pairs.append([flat[at + i * size:at + (i + 1) * size].reshape(shape) for i in range(2)])
        at += 2 * size
    for line in sys.stdin:
        command, index = line.split()
        pair = pairs[int(index)]
        if command == "values":
            print(*map(repr, numpy.linalg.svd(pair[0], compute_uv=False).tolist()), flush=True)
        else:
            start = time.perf_counter()
            for matrix in pair:
                numpy.linalg.svd(matrix, full_matrices=False)
            print(time.perf_counter() - start, flush=True)


main()

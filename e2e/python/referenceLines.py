"""The reference lines of a text, computed a second time, from their definition and without Folio's code.

    python referenceLines.py test/golden/referenceLines.json        # writes the lines into a file that holds a text

A text is {vocab_size, line_break_id, training: [[ids] a document], documents: [[ids] a held-out document],
draws: [[places that are masked, in the documents joined] a draw]}.
"""
import collections
import json
import math
import sys

import numpy as np

TOTAL = -1
EDGE = 2  # </s>, which the model sees at a document's edge
TUNING_TOKENS = 20_000
WEIGHTS = [2 ** (i / 2 - 2) for i in range(25)]
SHARES = [(i + 2) / 20 for i in range(17)]


def lines(text):
    size, line_break = text['vocab_size'], text['line_break_id']
    kinds = size - 6
    counted = lambda token: token > 4 and token != line_break

    def tokens_of(document):
        padded = [EDGE, *document, EDGE]
        for left, token, right in zip(padded, padded[1:], padded[2:]):
            if counted(token):
                yield token, left, right

    def count(documents):
        table = collections.defaultdict(collections.Counter)
        for document in documents:
            for token, left, right in tokens_of(document):
                for context in (('all',), ('left', left), ('right', right), ('both', left, right)):
                    table[context][token] += 1
                    table[context][TOTAL] += 1
        return table

    table = count(text['training'])

    # What all the other documents say of each token of the documents that the weights are chosen on.
    every = math.ceil(sum(map(len, text['training'])) / TUNING_TOKENS)
    rows = []
    for document in text['training'][::every]:
        own = count([document])
        for token, left, right in tokens_of(document):
            row = []
            for context in (('all',), ('left', left), ('right', right), ('both', left, right)):
                row += [table[context][token] - own[context][token], table[context][TOTAL] - own[context][TOTAL]]
            rows.append([(row[0] + 0.5) / (row[1] + 0.5 * kinds), *row[2:]])

    def alone(u, seen, total, k):
        return (seen + k * u) / (total + k)

    def both(u, sl, tl, sr, tr, sb, tb, w):
        mixed = w['share'] * alone(u, sl, tl, w['left']) + (1 - w['share']) * alone(u, sr, tr, w['right'])
        return (sb + w['both'] * mixed) / (tb + w['both'])

    def lowest(current, values, loss):
        best, least = current, loss(current)
        for value in values:
            found = loss(value)
            if found < least:
                best, least = value, found
        return best

    weights = dict(left_alone=4, right_alone=4, left=4, right=4, both=4, share=0.5)
    weights['left_alone'] = lowest(4, WEIGHTS, lambda k: -sum(math.log(alone(r[0], r[1], r[2], k)) for r in rows))
    weights['right_alone'] = lowest(4, WEIGHTS, lambda k: -sum(math.log(alone(r[0], r[3], r[4], k)) for r in rows))
    for _ in range(8):
        before = dict(weights)
        for name in ('left', 'right', 'both', 'share'):
            loss = lambda value: -sum(math.log(both(*r, {**weights, name: value})) for r in rows)
            weights[name] = lowest(weights[name], SHARES if name == 'share' else WEIGHTS, loss)
        if weights == before:
            break

    # The probabilities of all tokens at once; those that are never masked have none.
    def seen(context):
        if context not in dense:
            row = table[context]
            dense[context] = np.array([row[token] for token in range(size)], float), row[TOTAL]
        return dense[context]

    dense = {}
    total = table['all',][TOTAL]
    maskable = np.array([counted(token) for token in range(size)])
    unigrams = np.where(maskable, (seen(('all',))[0] + 0.5) / (total + 0.5 * kinds), 0)

    def distribution(left, right):
        if left is None and right is None:
            return unigrams
        if right is None:
            return alone(unigrams, *seen(('left', left)), weights['left_alone'])
        if left is None:
            return alone(unigrams, *seen(('right', right)), weights['right_alone'])
        return both(unigrams, *seen(('left', left)), *seen(('right', right)), *seen(('both', left, right)), weights)

    def predict(token, left, right):
        found = distribution(left, right)
        # Equal up to rounding is equal: the order of a sum decides there.
        return float(found[token]), int(np.count_nonzero(found > found[token] * (1 + 1e-12)))

    places = []
    for document in text['documents']:
        padded = [EDGE, *document, EDGE]
        for at, token in enumerate(document):
            places.append((token, padded[at], padded[at + 2], at == 0, at + 1 == len(document)))
    unigram = neighbours = top1 = top5 = number = 0
    for draw in text['draws']:
        masked = set(draw)
        for place in draw:
            token, left, right, first, last = places[place]
            own, rank = predict(
                token,
                left if first or place - 1 not in masked else None,
                right if last or place + 1 not in masked else None,
            )
            unigram -= math.log(unigrams[token])
            neighbours -= math.log(own)
            top1 += rank < 1
            top5 += rank < 5
            number += 1
    return dict(
        random=math.log(size),
        unigram=float(unigram / number),
        neighbours=float(neighbours / number),
        neighbourTop1=top1 / number,
        neighbourTop5=top5 / number,
        tokens=number,
    )


if __name__ == '__main__':
    path = sys.argv[1]
    with open(path, encoding='utf-8') as file:
        text = json.load(file)
    text['lines'] = lines(text)
    with open(path, 'w', encoding='utf-8') as file:
        file.write('{\n' + ',\n'.join(f'{json.dumps(k)}: {json.dumps(v)}' for k, v in text.items()) + '\n}\n')
    print(text['lines'])

/** Lists by what their items have in common, and what is remembered of an object. */

/** `Map.groupBy` for browsers that do not have it yet: items by key, in their order; keys in the order of their first items. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** How often each item comes. */
export function tally<T>(items: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** Makes one value for each object, and remembers it while the object stays. */
export function onceFor<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

/** A table that stands in one string: keys and values by turns. @example wordPairs('lt < gt >').get('gt') === '>' */
export function wordPairs(words: string): ReadonlyMap<string, string> {
  return new Map(Array.from(words.matchAll(/(\S+) (\S+)/g), ([, key = '', value = '']) => [key, value]));
}

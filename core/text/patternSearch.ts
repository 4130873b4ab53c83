import { Builder, type Machine } from './machine.ts';

/** A piece of the texts that are looked for: characters that must be there, or one (`once`) or any number of a set. */
export type TextPiece = string | { readonly of: string; readonly once?: true };

/** The texts that are made of pieces in a row. */
export function textsOf(pieces: readonly TextPiece[]): Machine {
  const builder = new Builder();
  const row = pieces.flatMap(piece => {
    if (typeof piece === 'string') return [...piece].map(one => builder.one({ has: other => other === one, samples: [one] }));
    const { of, once } = piece;
    const one = builder.one({ has: character => of.includes(character), samples: [...of] });
    return [once ? one : builder.perhaps(one, true)];
  });
  return builder.machine(builder.sequence(row));
}

/** Pairs of states that are looked at; both machines are bounded too. */
const maxPairs = 200_000;

interface Place {
  /** In the pattern: a state; before its match begins and after it ended any character may stand. */
  readonly state: number;
  readonly phase: 'before' | 'in' | 'after';
  /** In the texts. */
  readonly at: number;
  /** Characters were read; none may follow. */
  readonly begun: boolean;
  readonly ended: boolean;
  readonly read: string;
}

/**
 * A shortest of the texts in which the pattern matches somewhere, as Go's `MatchString` looks for it; `undefined` where there is none,
 * `'unknown'` where there is too much to look at.
 */
export function findText(pattern: Machine, texts: Machine): { readonly text: string } | undefined | 'unknown' {
  const seen = new Set<string>();
  let edge: Place[] = [];
  const add = (list: Place[], place: Place) => {
    const key = `${place.phase === 'in' ? place.state : place.phase} ${place.at} ${place.begun} ${place.ended}`;
    if (seen.has(key)) return;
    seen.add(key);
    list.push(place);
  };
  add(edge, { state: pattern.start, phase: 'before', at: texts.start, begun: false, ended: false, read: '' });
  while (edge.length > 0) {
    const next: Place[] = [];
    // Moves without a character lengthen the list while it is walked.
    for (let index = 0; index < edge.length; index++) {
      const place = edge[index] as Place;
      if (place.phase === 'after' && place.at === texts.accept) return { text: place.read };
      if (seen.size > maxPairs) return 'unknown';
      for (const free of freely(place, pattern, texts)) add(edge, free);
      for (const read of reading(place, pattern, texts)) add(next, read);
    }
    edge = next;
  }
  return undefined;
}

function freely(place: Place, pattern: Machine, texts: Machine): readonly Place[] {
  const found: Place[] = [];
  for (const { kind, to } of texts.moves[place.at] ?? []) if (kind === 'free') found.push({ ...place, at: to });
  if (place.phase === 'before') found.push({ ...place, phase: 'in' });
  if (place.phase !== 'in') return found;
  if (place.state === pattern.accept) found.push({ ...place, phase: 'after' });
  for (const { kind, to } of pattern.moves[place.state] ?? []) {
    if (kind === 'free' || (kind === 'start' && !place.begun)) found.push({ ...place, state: to });
    else if (kind === 'end') found.push({ ...place, state: to, ended: true });
  }
  return found;
}

function reading(place: Place, pattern: Machine, texts: Machine): readonly Place[] {
  if (place.ended) return [];
  const found: Place[] = [];
  for (const move of texts.moves[place.at] ?? []) {
    if (move.kind !== 'character') continue;
    const samples = move.set.samples ?? [];
    const after = (character: string, state: number): Place => ({
      ...place,
      state,
      at: move.to,
      begun: true,
      read: place.read + character,
    });
    if (place.phase !== 'in') {
      if (samples[0] !== undefined) found.push(after(samples[0], place.state));
      continue;
    }
    for (const own of pattern.moves[place.state] ?? []) {
      if (own.kind !== 'character') continue;
      const character = samples.find(one => own.set.has(one));
      if (character !== undefined) found.push(after(character, own.to));
    }
  }
  return found;
}

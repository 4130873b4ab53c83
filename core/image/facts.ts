import { union } from '../text/characters.ts';
import type { Shape } from './shape.ts';
import { charactersOf, narrowedTo, shapeOfCharacters } from './shapeCharacters.ts';
import { choice, derived, type Part, type Template } from './template.ts';

/** What a check that had to pass told of a value: its shape, or that it is one of these. */
export interface Fact {
  readonly shape?: Shape;
  readonly texts?: readonly string[];
}

/** Facts by the expression whose value they are about; a run has one value for each of these expressions. */
export type Facts = ReadonlyMap<string, Fact>;

export const noFacts: Facts = new Map();

const fixed = /^(?:github|gitea|forgejo|inputs)\.[\w-]+(?:\.[\w-]+)*$/i;

/** The expression that a part is the value of, unchanged, where it has one value in a run: what an event or an input gives. */
export function fixedSource(part: Part | undefined): string | undefined {
  if (part?.kind === 'choice') return part.source;
  return part?.kind === 'hole' && !part.changes && fixed.test(part.source) ? part.source : undefined;
}

/** A value with what is known of its parts. */
export function withFacts(template: Template, facts: Facts): Template {
  if (facts.size === 0) return template;
  const parts = template.map(part => known(part, facts));
  return parts.every((part, index) => part === template[index]) ? template : parts.flat();
}

function known(part: Part, facts: Facts): Part | Template {
  const source = fixedSource(part);
  const fact = source === undefined ? undefined : facts.get(source);
  if (part.kind === 'text') return part;
  if (part.kind === 'choice') {
    if (fact?.texts) return oneOf(part, fact.texts);
    const options = part.options.map(option => (fact ? withFact(option, fact) : withFacts(option, facts)));
    return options.every((option, index) => option === part.options[index]) ? part : { ...part, options };
  }
  if (!fact) return part;
  if (fact.texts) return oneOf(part, fact.texts);
  const shape = fact.shape ? narrowedTo(part.shape, { characters: charactersOf(fact.shape), shape: fact.shape }) : part.shape;
  return shape === part.shape ? part : { ...part, shape };
}

/** The value of the expression that a fact is about. */
export function withFact(value: Template, fact: Fact): Template {
  const [only] = value;
  if (value.length !== 1 || !only || only.kind === 'text') return value;
  if (fact.texts) return oneOf(only, fact.texts);
  if (only.kind === 'choice') return [{ ...only, options: only.options.map(option => withFact(option, fact)) }];
  return withFacts(value, new Map([[only.source, fact]]));
}

function oneOf({ at, via }: Part, texts: readonly string[]): Template {
  return choice(
    texts.map(text => derived(text, at)),
    at,
  ).map(part => ({ ...part, via }));
}

/** What is known where each of several ways may have led. */
export function commonFact(facts: readonly (Fact | undefined)[]): Fact | undefined {
  const [first] = facts;
  if (!first || !facts.every(fact => fact !== undefined)) return undefined;
  if (facts.every(fact => fact === first)) return first;
  const all = facts as readonly Fact[];
  if (all.every(({ texts }) => texts)) return { texts: [...new Set(all.flatMap(({ texts }) => texts ?? []))] };
  const shapes = all.flatMap(({ shape }) => shape ?? []);
  if (shapes.length < all.length) return undefined;
  const shape = shapes.every(each => each === shapes[0]) ? shapes[0] : shapeOfCharacters(shapes.map(charactersOf).reduce(union));
  return shape && { shape };
}

/** As `commonFact`, of all that is known. */
export function commonFacts(each: readonly Facts[]): Facts {
  const [first, ...others] = each;
  if (!first || others.length === 0) return first ?? noFacts;
  const found = new Map<string, Fact>();
  for (const source of first.keys()) {
    const fact = commonFact(each.map(facts => facts.get(source)));
    if (fact) found.set(source, fact);
  }
  return found;
}

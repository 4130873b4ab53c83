import type { Shape } from '../../image/shape.ts';
import { charactersOf } from '../../image/shapeCharacters.ts';
import type { ShellCheck } from '../../shell/command.ts';
import { holdsCharacter } from '../../text/characters.ts';

/** What is put behind, before or between what a check looks for, the plainest first. */
const hostile: readonly string[] = [';id', '$(id)', ',x', '\n;id', ' -x', '/../x', '=x'];

/** A value with which the script goes on although no name should be it, and which a value of the shape may be; `undefined` where none is found. */
export function slippingThrough({ samples, goesOn }: Pick<ShellCheck, 'samples' | 'goesOn'>, shape: Shape): string | undefined {
  const held = charactersOf(shape);
  const mayBe = (text: string) => [...text].every(character => holdsCharacter(held, character));
  const starts = [...samples.filter(sample => sample.length < 80), 'a'];
  for (const bad of hostile) {
    for (const sample of starts) {
      const made = [`${sample}${bad}`, bad.startsWith('\n') ? `${bad.slice(1)}\n${sample}` : `${bad}${sample}`, `${sample}${bad}${sample}`];
      const found = made.find(text => mayBe(text) && goesOn(text) === true);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Whether a check tells any hostile value from others. */
export function stopsSomething({ goesOn }: Pick<ShellCheck, 'goesOn'>): boolean {
  return hostile.some(bad => goesOn(`a${bad}`) === false);
}

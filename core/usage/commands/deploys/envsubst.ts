import { literal } from '../../../image/template.ts';
import type { ShellCommand } from '../../../shell/interpret.ts';
import type { Fact, Item } from '../../usage.ts';
import type { CommandAdapter, CommandContext } from '../command.ts';
import { isManifest, leaves } from './manifestFiles.ts';
import { deploysOf, type Setting } from './settings.ts';

/** `envsubst '$IMAGE_TAG' < deployment.yml > …`: variables that speak of an image are written into a manifest. */
export const envsubst: CommandAdapter = {
  names: ['envsubst'],
  read(command, context): readonly Fact[] {
    const file = inputFile(command);
    return file !== undefined && isManifest(file) && leaves(file, context.script) ? deploysOf(filledIn(command, context), file) : [];
  },
};

/** What `envsubst` puts into the file that it reads: the variables that it is told, else those that the file names. */
export function filledIn(command: ShellCommand, context: CommandContext): readonly Setting[] {
  const [, format] = command.words;
  const file = inputFile(command);
  const text = format ? literal(format.template) : file === undefined ? undefined : context.file(file);
  const names =
    text === undefined
      ? [...(command.variables?.keys() ?? []), ...context.names()]
      : [...text.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name ?? '');
  return [...new Set(names)].flatMap(key => {
    const value = context.variable(command, key);
    return value ? [{ key, value: placed(value, command) }] : [];
  });
}

/** A variable's value stands nowhere in the command. */
function placed(value: Item['template'], { span }: ShellCommand): Item {
  return { template: value.map(part => ({ ...part, at: span })), span };
}

/** `< FILE`. */
function inputFile({ node }: ShellCommand): string | undefined {
  const redirect = node?.redirects.find(({ operator }) => operator === '<');
  return redirect?.type === 'Redirect' ? redirect.target?.text : undefined;
}

import type {
  AndOr,
  CommandArgument,
  CommandNode,
  CompoundList,
  Function as FunctionNode,
  PipelineNode,
  Redirection,
  Statement,
} from 'unbash';

type FunctionBody = FunctionNode['body'];
type Node = PipelineNode | AndOr | CompoundList;

/**
 * What the command behind `||` makes of the failure before it: it ends the shell or the function with a failure, is a failure itself,
 * lets the script go on as if nothing were, does so but says it in the run's annotations or summary, or does something that only the
 * reader can judge.
 */
export type Handling = 'ends' | 'returns' | 'fails' | 'passes' | 'announces' | 'acts';

/** Programs that only say or wait. */
const quiet: ReadonlySet<string> = new Set([
  'true',
  ':',
  'echo',
  'printf',
  'sleep',
  'date',
  'tee',
  'cat',
  'logger',
  'continue',
  'break',
  'log',
  'warn',
]);
const maxDepth = 8;

/** Reads the nodes behind a `||`: one, and those that follow it by `&&`. */
export function handling(nodes: readonly Node[], functions: ReadonlyMap<string, FunctionBody>, depth = 0): Handling {
  if (depth > maxDepth) return 'acts';
  const each = nodes.map((node, index) => ofNode(node, functions, depth + 1, index === 0));
  const last = each.at(-1) ?? 'passes';
  if (last === 'ends' || last === 'returns' || last === 'fails') return last;
  const calm = calmest(each);
  return calm === 'acts' ? (each.find(isEnd) ?? calm) : calm;
}

/** Of the parts of a pipe. */
function calmest(each: readonly Handling[]): Handling {
  if (!each.every(handled => handled === 'passes' || handled === 'announces')) return 'acts';
  return each.includes('announces') ? 'announces' : 'passes';
}

const isEnd = (handled: Handling) => handled === 'ends' || handled === 'returns';

function ofNode(node: Node, functions: ReadonlyMap<string, FunctionBody>, depth: number, first: boolean): Handling {
  switch (node.type) {
    case 'CompoundList':
      return ofList(node.commands, functions, depth);
    case 'AndOr':
      return node.operators.every(operator => operator === '&&') ? handling(node.commands, functions, depth) : 'acts';
    case 'Pipeline':
      if (node.commands.length === 1 && node.prefixes.length === 0 && node.commands[0])
        return ofNode(node.commands[0], functions, depth, first);
      return calmest(node.commands.map(part => ofCommand(part, functions, depth, false)));
    default:
      return ofCommand(node, functions, depth, first);
  }
}

function ofList(list: readonly Statement[], functions: ReadonlyMap<string, FunctionBody>, depth: number): Handling {
  return handling(
    list.map(({ command }) => command),
    functions,
    depth,
  );
}

function ofCommand(node: CommandNode, functions: ReadonlyMap<string, FunctionBody>, depth: number, first: boolean): Handling {
  switch (node.type) {
    case 'BraceGroup':
      return ofList(node.body.commands, functions, depth);
    case 'Subshell': {
      const inner = ofList(node.body.commands, functions, depth);
      // What ends a subshell is the status it leaves.
      return isEnd(inner) ? 'fails' : inner;
    }
    case 'Redirected':
      return ofNode(node.command, functions, depth, first);
    case 'Command':
      break;
    default:
      return 'acts';
  }
  const name = node.name?.value;
  if (name === undefined) return 'acts';
  if (name === 'false') return 'fails';
  if (name === 'exit' || name === 'return') return ofExit(node.args[0], name === 'exit' ? 'ends' : 'returns', first);
  const body = functions.get(name);
  if (body) return ofFunction(body, functions, depth);
  if (!quiet.has(name)) return 'acts';
  return [...node.args, ...node.redirects].some(isAnnouncement) ? 'announces' : 'passes';
}

/** `::warning::…` among what is printed, or the job summary as the file that it goes to. */
function isAnnouncement(node: CommandArgument | Redirection): boolean {
  if (node.type === 'Word') return /^["']?::(?:warning|error|notice)\b/.test(node.text);
  return node.type === 'Redirect' && node.target?.text.includes('GITHUB_STEP_SUMMARY') === true;
}

/** By the functions of one script: a body calls those that are there. */
const known = new WeakMap<ReadonlyMap<string, FunctionBody>, Map<FunctionBody, Handling>>();

/** Each body is read once: functions that call each other come to no end. */
function ofFunction(body: FunctionBody, functions: ReadonlyMap<string, FunctionBody>, depth: number): Handling {
  const handlings = known.get(functions) ?? new Map<FunctionBody, Handling>();
  known.set(functions, handlings);
  const before = handlings.get(body);
  if (before) return before;
  handlings.set(body, 'acts');
  const inner = handling([body], functions, depth + 1);
  const handled = inner === 'returns' ? 'fails' : inner;
  handlings.set(body, handled);
  return handled;
}

/** Without a status it is the one of the command before: the failure itself, right behind the `||`. */
function ofExit(status: { readonly type: string; readonly text: string } | undefined, end: 'ends' | 'returns', first: boolean): Handling {
  const text = status?.text.replace(/["']/g, '') ?? '';
  if (text === '') return first ? end : 'passes';
  if (/^\d+$/.test(text)) return Number(text) === 0 ? 'passes' : end;
  return text === '$?' && first ? end : 'acts';
}

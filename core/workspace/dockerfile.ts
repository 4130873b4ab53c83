import { DockerfileParser, type Instruction, JSONInstruction } from 'dockerfile-ast';

/** One `FROM` with what is copied after it. */
export interface Stage {
  /** After `AS`; absent for one without a name. */
  readonly name?: string;
  /** Sources of `COPY` and `ADD` from the build's context, as written. */
  readonly copies: readonly string[];
  /** Stages and images that are copied from, by name or number. */
  readonly takesFrom: readonly string[];
  /** What it starts from: an image or an earlier stage. */
  readonly base: string;
}

/** The stages of a Dockerfile in order; none for a text that is no Dockerfile. */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: { name?: string; base: string; copies: string[]; takesFrom: string[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    const words = wordsOf(instruction);
    if (keyword === 'FROM') {
      const name = words[1]?.toUpperCase() === 'AS' ? words[2] : undefined;
      stages.push({ base: words[0] ?? '', copies: [], takesFrom: [], ...(name !== undefined && { name }) });
    }
    const stage = stages.at(-1);
    if (!stage || (keyword !== 'COPY' && keyword !== 'ADD')) continue;
    const from =
      instruction instanceof JSONInstruction
        ? instruction
            .getFlags()
            .find(flag => flag.getName() === 'from')
            ?.getValue()
        : undefined;
    if (from) stage.takesFrom.push(from);
    else stage.copies.push(...words.slice(0, -1));
  }
  return stages;
}

function wordsOf(instruction: Instruction): readonly string[] {
  if (instruction instanceof JSONInstruction && instruction.getOpeningBracket()) return listed(instruction.getRawArgumentsContent() ?? '');
  return instruction.getArguments().map(argument => argument.getValue());
}

/** `["src", "config dir", "/app/"]`; the package's own reading of these strings loses spaces. */
function listed(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text.slice(text.indexOf('[')));
    return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
  } catch {
    return [];
  }
}

import { split, splitOnce } from '../../../image/split.ts';
import { display, literal } from '../../../image/template.ts';
import type { Fact, Item } from '../../usage.ts';
import { deploysOf, type Setting, setting } from '../deploys/settings.ts';
import { jsonImages, valuesBehind } from '../deploys/written.ts';
import { all, type CommandLine, isOn, itemIn, last } from '../flags.ts';
import { program, type Verb } from '../program.ts';
import { unnamed } from '../references.ts';
import { ecr, fileOr } from './ecr.ts';
import { awsFlags } from './flags.ts';

function deploy(reference: Item, target: string): Fact {
  return { kind: 'deploy', at: reference.span, reference, target };
}

function target(line: CommandLine, ...names: readonly string[]): string {
  return all(line, ...names)
    .map(({ template }) => display(template))
    .join(' ');
}

/** Verbs that deploy the images in a JSON value or file: task, job and service definitions. */
const definitions: Verb = {
  names: [
    'ecs register-task-definition',
    'ecs deploy',
    'batch register-job-definition',
    'apprunner create-service',
    'apprunner update-service',
    'lightsail create-container-service-deployment',
  ],
  flags: awsFlags,
  read(line, { context }) {
    const given = all(
      line,
      '--container-definitions',
      '--cli-input-json',
      '--task-definition',
      '--container-properties',
      '--source-configuration',
      '--containers',
    );
    const where = target(line, '--family', '--service', '--service-name', '--service-arn', '--job-definition-name');
    return given.flatMap(value => jsonImages(fileOr(value, path => context.file(path)))).map(image => deploy(image, where));
  },
};

const restart: Verb = {
  names: ['ecs update-service', 'apprunner start-deployment'],
  flags: awsFlags,
  read(line, { at, verb }) {
    const anew =
      verb === 'apprunner start-deployment' || (isOn(line, '--force-new-deployment') === true && !last(line, '--task-definition'));
    return anew ? [{ kind: 'restart', at, target: target(line, '--cluster', '--service', '--service-arn') }] : [];
  },
};

/** CodeDeploy runs what a revision names: a bundle, or a task definition by its ARN. The image is named there. */
const codeDeploy: Verb = {
  names: ['deploy create-deployment'],
  flags: awsFlags,
  read: (line, { at }) => [
    {
      kind: 'deploy',
      at,
      reference: unnamed('the image of the revision', { span: at }),
      target: target(line, '--application-name', '--deployment-group-name'),
    },
  ],
};

const lambda: Verb = {
  names: ['lambda update-function-code', 'lambda create-function'],
  flags: awsFlags,
  read(line) {
    const inCode = all(line, '--code').flatMap(code => valuesBehind(code, /(?:^|[,{ ])"?ImageUri"?[=:] ?"?/g, /[",} ]/));
    return [...all(line, '--image-uri'), ...inCode].map(({ template, span }) =>
      deploy({ template, span }, target(line, '--function-name')),
    );
  },
};

/** `--parameter-overrides ImageTag=X`, `--parameters ParameterKey=ImageTag,ParameterValue=X`. */
const stack: Verb = {
  names: ['cloudformation deploy', 'cloudformation create-stack', 'cloudformation update-stack', 'cloudformation create-change-set'],
  flags: awsFlags,
  read(line) {
    const words = [...all(line, '--parameter-overrides', '--parameters'), ...line.positionals];
    return deploysOf(
      words.flatMap(word => keyAndValue(word) ?? setting(word) ?? []),
      target(line, '--stack-name'),
    );
  },
};

/** `aws ssm send-command --parameters 'commands=["docker pull X", …]'`: commands on a server. */
const remote: Verb = {
  names: ['ssm send-command'],
  flags: awsFlags,
  read(line, { command, context }) {
    const lines = all(line, '--parameters').flatMap(word => valuesBehind(word, /[[,][ \n]*\\?["']/g, /["'\\]/));
    return lines
      .flatMap(({ template, span }) => split(template, /[;&|]/).map(part => ({ template: part, span })))
      .flatMap(part => {
        const words = split(part.template, /\s/).flatMap(word => (word.length > 0 ? [itemIn(part, word)] : []));
        return words.length > 0 ? context.facts({ ...command, words, remote: true }) : [];
      });
  },
};

function keyAndValue(word: Item): Setting | undefined {
  const pair = splitOnce(word.template, ',ParameterValue=');
  const key = pair && /^ParameterKey=(\w+)$/.exec(literal(pair[0]) ?? '')?.[1];
  return pair && key !== undefined ? { key, value: itemIn(word, pair[1]) } : undefined;
}

export const aws = program(['aws'], awsFlags, [...ecr, definitions, restart, codeDeploy, lambda, stack, remote]);

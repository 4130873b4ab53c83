import { derived, display, hole, literal } from '../../../image/template.ts';
import type { Fact, Item } from '../../usage.ts';
import { tfvarsIn } from '../deploys/files.ts';
import { deploysOf, type Setting, setting } from '../deploys/settings.ts';
import { all, type CommandLine, flags, last } from '../flags.ts';
import { type Call, noFlags, program, type Verb } from '../program.ts';

function deploy(reference: Item, target: Item | undefined): Fact {
  return { kind: 'deploy', at: reference.span, reference, target: display(target?.template ?? []) };
}

/** A login to one fixed host, by the program's own token. */
function loginTo(host: string, ...names: readonly string[]): Verb {
  return {
    names,
    read: (_line, { program: tool, verb, at }) => [
      { kind: 'login', tool: `${tool} ${verb}`, at, registry: derived(host, at), ecr: false, passwordBy: 'helper' },
    ],
  };
}

const flyFlags = flags(
  '-i|--image -a|--app -c|--config --build-arg --build-secret --strategy -r|--region --wait-timeout --vm-size --dockerfile --build-target --image-label -e|--env',
);

export const fly = program(['fly', 'flyctl'], flyFlags, [
  {
    names: ['deploy', 'machine update', 'machines update', 'm update'],
    flags: flyFlags,
    read: line => all(line, '--image').map(image => deploy(image, last(line, '--app'))),
  },
  {
    names: ['machine run', 'machines run', 'm run'],
    flags: flyFlags,
    stop: true,
    read: line => line.positionals.slice(0, 1).map(image => deploy(image, last(line, '--app'))),
  },
  loginTo('registry.fly.io', 'auth docker'),
]);

/** Names that a variable's value is given to: only those that speak of an image or its tag are deployments. */
const variables: Verb = {
  names: ['apply', 'run', 'job run', 'deploy', 'run-all apply'],
  flags: flags('-var|--var -var-file|--var-file -target -state -backend-config -parallelism -address -namespace -token -lock-timeout'),
  read: (line, call) =>
    deploysOf(
      // A bare `tag` may be put on anything.
      [...variableFiles(line, call), ...all(line, '--var').flatMap(item => setting(item) ?? [])].filter(({ key }) => key !== 'tag'),
      `${call.program} ${call.verb}`,
    ),
};

/** What the files of variables that are named, or that lie where Terraform looks for them, say of images; later ones win. */
function variableFiles(line: CommandLine, { at, context, globals, program: tool }: Call): readonly Setting[] {
  if (!/^(?:terraform|tofu|terragrunt)$/.test(tool)) return [];
  const chosen = last(globals, '-chdir') ?? last(line, '-chdir');
  const folder = chosen ? literal(chosen.template) : '.';
  if (folder === undefined) return [];
  const found = context.repositoryFolder(folder).filter(name => /^terraform\.tfvars$|\.auto\.tfvars$/.test(name));
  const own = ['terraform.tfvars', ...found.filter(name => name !== 'terraform.tfvars')].map(path => ({ path, span: at }));
  const named = all(line, '--var-file').flatMap(({ template, span }) => {
    const path = literal(template);
    return path === undefined ? [] : [{ path, span }];
  });
  return [...own, ...named].flatMap(({ path, span }) => {
    const file = /\.tfvars$/.test(path) ? context.repositoryFile(folder === '.' ? path : `${folder}/${path}`) : undefined;
    return file ? tfvarsIn(file, span) : [];
  });
}

export const terraform = program(['terraform', 'tofu', 'terragrunt', 'nomad', 'levant'], flags('-chdir -address -namespace'), [variables]);

export const doctl = program(['doctl'], flags('-t|--access-token -c|--config --context'), [
  loginTo('registry.digitalocean.com', 'registry login'),
  {
    names: ['apps create-deployment'],
    read: ({ positionals: [app] }, { at }) => [{ kind: 'restart', at, target: display(app?.template ?? []) }],
  },
]);

const herokuFlags = flags('-a|--app -r|--remote --arg --context-path');

/** Heroku's registry has a repository for each process of an app; a release is no tag of it. */
function processes(types: readonly Item[], app: Item | undefined): readonly Item[] {
  return types.map(({ template, span }) => ({
    template: [
      ...derived('registry.heroku.com/', span),
      ...(app?.template ?? []),
      ...derived('/', span),
      ...template,
      ...derived(':', span),
      ...hole('(the release)', 'unknown', span),
    ],
    span,
  }));
}

export const heroku = program(['heroku'], herokuFlags, [
  loginTo('registry.heroku.com', 'container:login'),
  {
    names: ['container:push'],
    flags: herokuFlags,
    read(line, { at }) {
      const tags = processes(line.positionals, last(line, '--app'));
      return [
        {
          kind: 'build',
          tool: 'heroku container:push',
          at,
          tags,
          pushes: true,
          byDigest: false,
          buildArgs: [],
          buildContexts: [],
          labels: [],
        },
      ];
    },
  },
  {
    names: ['container:release'],
    flags: herokuFlags,
    read: line => processes(line.positionals, last(line, '--app')).map(image => deploy(image, last(line, '--app'))),
  },
]);

export const cloudFoundry = program(['cf'], noFlags, [
  {
    names: ['push'],
    flags: flags('-o|--docker-image -f -i -m -k -p -b -s --docker-username --var --vars-file --strategy'),
    read: line => all(line, '--docker-image').map(image => deploy(image, line.positionals[0])),
  },
]);

export const caprover = program(['caprover'], noFlags, [
  {
    names: ['deploy'],
    flags: flags(
      '-i|--imageName -a|--caproverApp|--appName -h|--caproverUrl -p|--caproverPassword --appToken -n|--caproverName -b|--branch -t|--tarFile',
    ),
    read: line => all(line, '--imageName').map(image => deploy(image, last(line, '--appName'))),
  },
]);

/** `dokku git:from-image APP IMAGE`, mostly on a server. */
export const dokku = program(['dokku'], noFlags, [
  { names: ['git:from-image'], read: ({ positionals: [app, image] }) => (image ? [deploy(image, app)] : []) },
  {
    names: ['ps:restart', 'ps:rebuild'],
    read: ({ positionals: [app] }, { at }) => [{ kind: 'restart', at, target: display(app?.template ?? []) }],
  },
]);

import { display, literal, type Template } from '../../image/template.ts';
import { imagesIn } from '../commands/deploys/files.ts';
import type { ActionAdapter, StepReader } from '../stepReader.ts';
import type { Fact, Item } from '../usage.ts';
import { loginBy } from './logins.ts';

/** What a step deploys to, by the inputs that name it. */
function target(step: StepReader, names: readonly string[]): string {
  return names
    .flatMap(name => step.item(name) ?? [])
    .map(({ template }) => display(template))
    .filter(text => text !== '')
    .join(' ');
}

function deploys(step: StepReader, references: readonly Item[], where: readonly string[]): readonly Fact[] {
  return references.map((item): Fact => ({ kind: 'deploy', at: item.span, reference: item, target: target(step, where) }));
}

/** An action whose inputs `images` name what runs and `where` where. */
function deployer(names: readonly string[], images: readonly string[], where: readonly string[]): ActionAdapter {
  return {
    names,
    read: step => ({
      facts: deploys(
        step,
        images.flatMap(name => step.list(name, /[\n,]/)),
        where,
      ),
    }),
  };
}

/** How the rendered file of a task definition is known to the step that deploys it: by the expression that names it. */
const definition = 'task-definition';

/** aws-actions/amazon-ecs-render-task-definition: its image runs where a later step deploys the file that it gives out. */
export const ecsRender: ActionAdapter = {
  names: ['aws-actions/amazon-ecs-render-task-definition'],
  read(step) {
    const image = step.item('image');
    const [name, file] = step.output(definition, 'line');
    return { facts: [], outputs: new Map([[name, image ? carrying(file, image) : file]]) };
  },
};

/** The file's name with the image that it runs, whose way is kept. */
function carrying(file: Template, image: Item): Template {
  return file.map(part => (part.kind === 'hole' ? { ...part, carries: image.template } : part));
}

/** aws-actions/amazon-ecs-deploy-task-definition: runs the images of a rendered file, or of one of the repository as it stands. */
export const ecsDeploy: ActionAdapter = {
  names: ['aws-actions/amazon-ecs-deploy-task-definition'],
  read(step) {
    const file = step.item(definition);
    const images = (file?.template ?? []).flatMap(part => (part.kind === 'hole' && part.carries ? [part.carries] : []));
    const rendered = images.map((template): Item => ({ template, span: file?.span ?? step.at }));
    const references = rendered.length > 0 || !file ? rendered : imagesNamed(file, step);
    return { facts: deploys(step, references, ['service', 'cluster']) };
  },
};

/** The images of a task definition in the repository, unless a step of the job may write it first. */
function imagesNamed({ template, span }: Item, step: StepReader): readonly Item[] {
  const path = literal(template)?.replace(/^\.\//, '');
  const text = path === undefined ? undefined : step.file(path);
  if (path === undefined || text === undefined) return [];
  return imagesIn({ path, text, mayBeWritten: step.mayBeWritten(path) }, span);
}

/** Deployments to services that take an image's name. */
export const deployers: readonly ActionAdapter[] = [
  deployer(['google-github-actions/deploy-cloudrun'], ['image'], ['service', 'job', 'region']),
  deployer(['azure/k8s-deploy', 'azure/k8s-bake'], ['images'], ['namespace', 'name']),
  deployer(['azure/webapps-deploy', 'azure/functions-container-action'], ['images', 'image'], ['app-name', 'slot-name']),
  deployer(['azure/container-apps-deploy-action'], ['imageToDeploy'], ['containerAppName', 'containerAppEnvironment']),
  deployer(['azure/aci-deploy'], ['image'], ['name', 'dns-name-label']),
  deployer(['aws-actions/aws-lambda-deploy'], ['image-uri'], ['function-name']),
  deployer(['aws-actions/amazon-app-runner-deploy', 'awslabs/amazon-app-runner-deploy'], ['image'], ['service']),
  deployer(['nais/deploy/actions/deploy'], ['image'], ['cluster']),
];

/** addnab/docker-run-action: commands in a container. */
export const dockerRun: ActionAdapter = {
  names: ['addnab/docker-run-action'],
  read(step) {
    const image = step.item('image');
    const facts: Fact[] = [];
    if (step.inputSpan('password')) facts.push(loginBy(step, step.input('registry') ?? []));
    if (image) facts.push({ kind: 'pull', at: image.span, reference: image, purpose: 'use' });
    return { facts };
  },
};

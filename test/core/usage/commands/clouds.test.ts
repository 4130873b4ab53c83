import { describe, expect, test } from 'vitest';
import { isEcrHost } from '../../../../core/usage/ecr.ts';
import { lines, shown, usagesOf } from './script.ts';

const ours = '(the account’s ECR registry)';

describe('aws ecr', () => {
  test.each([
    ['aws ecr describe-images --repository-name app --image-ids imageTag=1', [`inspect ${ours}/app:1`]],
    ['aws --region eu-west-1 ecr describe-images --image-ids imageTag="$TAG" --repository-name "$REPO"', [`inspect ${ours}/$REPO:$TAG`]],
    [
      'aws ecr batch-get-image --repository-name app --image-ids imageDigest=sha256:aa imageTag=2',
      [`inspect ${ours}/app@sha256:aa`, `inspect ${ours}/app:2`],
    ],
    [`aws ecr describe-images --repository-name app --image-ids '[{"imageTag":"x"}]' --no-cli-pager`, [`inspect ${ours}/app:x`]],
    ['aws ecr list-images --repository-name app', [`inspect ${ours}/app:(any tag)`]],
    [
      'M=$(aws ecr batch-get-image --repository-name app --image-ids imageTag=1 --query x --output text)\naws ecr put-image --repository-name app --image-tag prod --image-manifest "$M"',
      [`inspect ${ours}/app:1`, `retag ${ours}/app:1 → ${ours}/app:prod`],
    ],
    [
      'aws ecr batch-get-image --repository-name app --image-ids imageTag=1 > m.json\naws ecr put-image --repository-name app --image-tag prod --image-manifest file://m.json',
      [`inspect ${ours}/app:1`, `retag ${ours}/app:1 → ${ours}/app:prod`],
    ],
    ['aws ecr put-image --repository-name app --image-tag prod --image-manifest "$M"', [`retag (the manifest) → ${ours}/app:prod`]],
    ['aws ecr batch-delete-image --repository-name app --image-ids imageTag=1', [`delete ${ours}/app:1`]],
    ['$(aws ecr get-login --no-include-email)', [`login ${ours} (ECR) by argument`]],
    ['aws ecr create-repository --repository-name app --image-tag-mutability IMMUTABLE', ['settings app, created, IMMUTABLE']],
    ['aws ecr put-image-tag-mutability --repository-name app --image-tag-mutability MUTABLE', ['settings app, MUTABLE']],
    ['aws ecr describe-repositories --repository-names app || aws ecr create-repository --repository-name app', ['settings app, created']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });

  test('a manifest that is read in two ways is told by the variable that holds it', () => {
    const get = (tag: string) => `aws ecr batch-get-image --repository-name app --image-ids imageTag=${tag} --output text`;
    const { of } = usagesOf(
      `A=$(${get('1')})\nB=$(${get('2')})\naws ecr put-image --repository-name app --image-tag x --image-manifest "$A"`,
    );
    expect(of('retag').map(({ from }) => shown(from.template))).toEqual([`${ours}/app:1`]);
  });

  test.each([
    ['M=$(GET --output text)', '"$M"', undefined],
    ["M=$(GET | jq -r '.images[0].imageManifest')", '"$M"', undefined],
    ["M=$(GET | jq '.images[0].imageManifest')", '"$M"', 'jq'],
    ['M=$(GET --output text | jq -c .)', '"$M"', 'jq'],
    ['M=$(GET --output text)\nN=$(echo "$M" | jq \'del(.annotations)\')', '"$N"', 'jq'],
    ["GET --output json | jq -r '.[0]' > m.json", 'file://m.json', undefined],
    ['GET --output text > a.json\njq . a.json > m.json', 'file://m.json', 'jq'],
    ['GET --output text > m.json\njq . m.json > other.json', 'file://m.json', undefined],
  ])('a manifest that comes by %j', (script, manifest, expected) => {
    const get = 'aws ecr batch-get-image --repository-name app --image-ids imageTag=1';
    const put = `aws ecr put-image --repository-name app --image-tag x --image-manifest ${manifest}`;
    const [retag] = usagesOf(`${script.replaceAll('GET', get)}\n${put}`).of('retag');
    expect(retag?.rewrites?.by).toBe(expected);
  });

  test('the account’s registry is on ECR', () => {
    const { of } = usagesOf('aws ecr put-image --repository-name app --image-tag x');
    expect(isEcrHost(of('retag')[0]?.to.template ?? [])).toBe(true);
  });

  test('settings of a repository', () => {
    const { of } = usagesOf(
      'aws ecr create-repository --repository-name app --image-tag-mutability IMMUTABLE_WITH_EXCLUSION \\\n' +
        '  --image-tag-mutability-exclusion-filters filter=cache*,filterType=WILDCARD filter=latest,filterType=WILDCARD \\\n' +
        '  --image-scanning-configuration scanOnPush=true\naws ecr put-lifecycle-policy --repository-name app --lifecycle-policy-text file://ecr.json',
      { 'ecr.json': '{"rules":[]}' },
    );
    const [created, lifecycle] = of('repositorySettings');
    expect(created?.exclusions.map(({ template }) => shown(template))).toEqual(['cache*', 'latest']);
    expect(created?.scanOnPush).toBe(true);
    expect(shown(lifecycle?.lifecyclePolicy?.template)).toBe('{"rules":[]}');
  });
});

describe('deployments to AWS', () => {
  test.each([
    ['aws ecs update-service --cluster c --service s --force-new-deployment', ['restart c s']],
    ['aws ecs update-service --cluster c --service s --force-new-deployment --task-definition "$ARN"', []],
    ['aws ecs update-service --cluster c --service s --desired-count 2', []],
    [`aws ecs register-task-definition --family f --container-definitions '[{"name":"x","image":"a/b:1"}]'`, ['deploy a/b:1 to f']],
    ['aws ecs register-task-definition --family f --container-definitions "[{\\"image\\": \\"a/b:$TAG\\"}]"', ['deploy a/b:$TAG to f']],
    ['aws lambda update-function-code --function-name f --image-uri a/b:1', ['deploy a/b:1 to f']],
    ['aws lambda create-function --function-name f --package-type Image --code ImageUri=a/b:1', ['deploy a/b:1 to f']],
    ['aws apprunner start-deployment --service-arn s', ['restart s']],
    [
      'aws cloudformation deploy --stack-name s --template-file t.yml --parameter-overrides Env=x ImageTag=$TAG',
      ['deploy (the image):$TAG to s'],
    ],
    [
      'aws cloudformation update-stack --stack-name s --parameters ParameterKey=ImageUri,ParameterValue=a/b:1 ParameterKey=A,ParameterValue=b',
      ['deploy a/b:1 to s'],
    ],
    [
      `aws ssm send-command --document-name AWS-RunShellScript --parameters 'commands=["docker pull a/b:1 && docker run -d a/b:1","true"]'`,
      ['pull a/b:1', 'deploy a/b:1 to'],
    ],
    ['aws s3 sync dist s3://x', []],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });

  test('the task definition in the repository names the image', () => {
    const files = { 'td.json': '{"containerDefinitions": [{"image": "a/b:latest"}]}' };
    expect(lines('aws ecs register-task-definition --cli-input-json file://td.json', files)).toEqual(['deploy a/b:latest to']);
  });
});

describe('other clouds', () => {
  test.each([
    ['gcloud run deploy web --image a/b:1 --region x --quiet', ['deploy a/b:1 to web']],
    ['gcloud beta run services update web --image=a/b:1', ['deploy a/b:1 to web']],
    ['gcloud run deploy web --source . --allow-unauthenticated', []],
    ['gcloud builds submit --tag a/b:1 .', ['build a/b:1, pushed']],
    ['gcloud builds submit --config cloudbuild.yaml', ['opaque gcloud builds submit']],
    ['gcloud artifacts docker tags add a/b:1 a/b:prod', ['retag a/b:1 → a/b:prod, all platforms']],
    [
      'gcloud container images add-tag --quiet a/b:1 a/b:2 a/b:3',
      ['retag a/b:1 → a/b:2, all platforms', 'retag a/b:1 → a/b:3, all platforms'],
    ],
    [
      'gcloud auth configure-docker europe-docker.pkg.dev,us-docker.pkg.dev --quiet',
      ['login europe-docker.pkg.dev by helper', 'login us-docker.pkg.dev by helper'],
    ],
    ['gcloud deploy releases create r --delivery-pipeline p --images=app=a/b:1,side=c/d:2', ['deploy a/b:1 to r', 'deploy c/d:2 to r']],
    ['az acr build -r reg -t app:1 -t app:2 -f Dockerfile .', ['build reg.azurecr.io/app:1 + reg.azurecr.io/app:2, pushed']],
    ['az acr import --name reg --source docker.io/a/b:1 --image b:1', ['retag docker.io/a/b:1 → reg.azurecr.io/b:1, all platforms']],
    ['az acr login --name $REG', ['login $REG.azurecr.io by helper']],
    ['az acr login --name reg --expose-token', []],
    ['az containerapp update -n web -g rg --image a/b:1', ['deploy a/b:1 to web rg']],
    ['az webapp config container set --name web --resource-group rg --docker-custom-image-name a/b:1', ['deploy a/b:1 to web rg']],
    ['az webapp restart -n web -g rg', ['restart web rg']],
    ['flyctl deploy --image a/b:1 --app web', ['deploy a/b:1 to web']],
    ['fly deploy --remote-only', []],
    ['nomad job run -var image_tag=$TAG web.nomad', ['deploy (the image):$TAG to nomad job run']],
    ['terraform apply -auto-approve -var="image_tag=$TAG" -var env=prod', ['deploy (the image):$TAG to terraform apply']],
    ['terraform plan -var image_tag=x', []],
    ['terraform apply -var tag=prod', []],
    ['terraform -chdir=infra apply -var region=x', []],
    ['doctl registry login --expiry-seconds 600', ['login registry.digitalocean.com by helper']],
    [
      'heroku container:push web -a shop\nheroku container:release web -a shop',
      ['build registry.heroku.com/shop/web:(the release), pushed', 'deploy registry.heroku.com/shop/web:(the release) to shop'],
    ],
    ['cf push web --docker-image a/b:1', ['deploy a/b:1 to web']],
    ["ssh dokku@host 'dokku git:from-image web a/b:1'", ['deploy a/b:1 to web']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });
});

describe("files of Terraform's variables", () => {
  const files = {
    'infra/terraform.tfvars': 'image_tag = "latest" # by hand\nregion = "eu"\n',
    'infra/late.auto.tfvars': 'api_image = "ghcr.io/acme/api:1"\n',
    'infra/prod.tfvars': 'image_tag = "v1.2.3"\nimages = { web = { repository = "ghcr.io/acme/web" }, n = 2 }\ntag = "x"\n',
  };
  test.each([
    ['terraform -chdir=infra apply', ['deploy (the image):latest to terraform apply', 'deploy ghcr.io/acme/api:1 to terraform apply']],
    [
      'cd infra && terraform apply -var-file=prod.tfvars',
      [
        'deploy (the image):v1.2.3 to terraform apply',
        'deploy ghcr.io/acme/api:1 to terraform apply',
        'deploy ghcr.io/acme/web:(the tag that is set elsewhere) to terraform apply',
      ],
    ],
    ['tofu -chdir=infra apply -var image_tag=$TAG', ['deploy (the image):$TAG to tofu apply', 'deploy ghcr.io/acme/api:1 to tofu apply']],
    ['terraform apply -var-file=none.tfvars', []],
    ['terraform -chdir=infra plan', []],
  ])('%s', (script, expected) => {
    expect(lines(script, files)).toEqual(expected);
  });
});

test('CodeDeploy deploys what its revision names', () => {
  expect(lines('aws deploy create-deployment --application-name shop --deployment-group-name prod --revision file://r.json')).toEqual([
    'deploy (the image of the revision) to shop prod',
  ]);
  expect(lines('aws deploy push --application-name shop')).toEqual([]);
});

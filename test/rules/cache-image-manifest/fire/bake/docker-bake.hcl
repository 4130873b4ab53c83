variable "ECR" {
  default = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
}

target "default" {
  tags     = ["${ECR}/shop:1.4.2"]
  cache-to = ["type=registry,ref=${ECR}/shop:cache,mode=max,ignore-error=true"]
}

# The identity provider and the two roles of the pipeline. If the account has a provider for {{gitlab}} already, add the
# audience "appcfg" to it, and delete the first resource.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81"
    }
  }
}

resource "aws_iam_openid_connect_provider" "gitlab" {
  url            = "{{gitlab}}"
  client_id_list = ["appcfg"]
}

resource "aws_iam_role" "appcfg_read" {
  name               = "appcfg-read"
  assume_role_policy = file("${path.module}/read-trust.json")
}

resource "aws_iam_role_policy" "appcfg_read" {
  name   = "appcfg-read"
  role   = aws_iam_role.appcfg_read.id
  policy = file("${path.module}/read-policy.json")
}

resource "aws_iam_role" "appcfg_write" {
  name               = "appcfg-write"
  assume_role_policy = file("${path.module}/write-trust.json")
}

resource "aws_iam_role_policy" "appcfg_write" {
  name   = "appcfg-write"
  role   = aws_iam_role.appcfg_write.id
  policy = file("${path.module}/write-policy.json")
}

output "AWS_CREDS_READ_ROLE" {
  value = aws_iam_role.appcfg_read.arn
}

output "AWS_CREDS_TARGET_ROLE" {
  value = aws_iam_role.appcfg_write.arn
}

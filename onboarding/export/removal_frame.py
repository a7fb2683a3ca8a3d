"""The frame of the removal script: its check of the account, its functions, and its last lines."""

HEAD = """\
#!/usr/bin/env bash
# Integration @uid@: data stream @stream@ in @region@, AWS account @account@.
# Without an argument this lists what it would delete, and deletes nothing. With --yes it deletes it.
# The data stream is kept with its records unless DELETE_DATA=yes is set; a bucket is deleted only if it is empty.
# A script for bash and the AWS CLI (version 1 or 2), run by someone who may delete these. It can be run again.
set -euo pipefail

account=@account@
integration=@uid@
stream=@stream@
sure=${1:-}
left=0
export AWS_DEFAULT_REGION=@region@ AWS_REGION=@region@ AWS_PAGER=""@fips@

signed_in=$(aws sts get-caller-identity --query Account --output text)
if [ "$signed_in" != "$account" ]; then
  echo "You are signed in to AWS account $signed_in; this script is for account $account. Nothing was changed." >&2
  exit 1
fi

error=$(mktemp)
trap 'rm -f "$error"' EXIT

# find COMMAND…: puts the tag into $tag; false if the resource does not exist. Any other error of AWS is printed.
find() {
  tag=None
  if tag=$("$@" --output text 2>"$error"); then return 0; fi
  case "$(cat "$error")" in
    *NoSuchTagSet*) return 0 ;;
    *NoSuchEntity* | *NoSuchBucket* | *NotFound*) return 1 ;;
  esac
  echo "  cannot check: $(cat "$error")"
  left=1
  return 1
}

# may WHAT: prints what happens to what was found, and returns whether to delete it.
may() {
  if [ "$tag" != "$integration" ]; then
    echo "keep          $1: it does not carry the tag sluice:integration=$integration"
    return 1
  fi
  if [ "$sure" != --yes ]; then
    echo "would delete  $1"
    return 1
  fi
  echo "delete        $1"
}

# try COMMAND…: prints what AWS denies, and continues.
try() {
  local answer
  if ! answer=$("$@" 2>&1 >/dev/null); then
    case "$answer" in
      *BucketNotEmpty*) echo "  kept: it contains objects. To delete it with them: aws s3 rb s3://$bucket --force" ;;
      *NoSuchEntity* | *ResourceNotFound*) ;; # already deleted
      *) echo "  not deleted: $answer"; left=1 ;;
    esac
  fi
}
"""

END = """
if [ "$sure" != --yes ]; then
  echo "Nothing was deleted. To delete, run this with --yes."
elif [ "$left" != 0 ]; then
  echo "Some resources were not deleted; AWS's messages are shown above. Fix the cause, then run this again." >&2
  exit 1
else
  echo "Done."
fi
"""

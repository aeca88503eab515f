# Read by .ci/run and .ci/full: runs stages one after another, with their times, and counts.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
exec </dev/null
export CI=true

stage_lines=()
failure_lines=()
passed=0
failed=0
broken=0

# stage NAME COMMAND… runs a stage; what it prints is shown and counted.
stage() {
  local name=$1 began=$SECONDS failed_before=$failed status log
  shift
  log=$(mktemp)
  echo "=== $name"
  "$@" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  count "$log"
  if [ "$status" -ne 0 ]; then
    remember_failures "$name" "$log"
    broken=$((broken + 1))
    # One that broke without a test or case of its own that failed is a failure by itself.
    [ "$failed" -gt "$failed_before" ] || failed=$((failed + 1))
    echo "=== $name: FAILED (status $status) after $((SECONDS - began)) s"
  else
    echo "=== $name: ok in $((SECONDS - began)) s"
  fi
  rm -f "$log"
  stage_lines+=("$(printf '%6d s  %-6s  %s' $((SECONDS - began)) "$([ "$status" -eq 0 ] && echo ok || echo FAILED)" "$name")")
}

# Keeps what a broken stage said of its failures, shortened, for the end, where it is looked for first.
remember_failures() {
  local line
  failure_lines+=("$1:")
  while read -r line; do
    failure_lines+=("  ${line:0:300}")
  done < <(grep --no-group-separator -A 1 -E '^(\[ERROR\]|FAILED|SKIPPED|LEAK:)' "$2" | awk '!seen[$0]++' | head -n 20)
}

# Surefire's closing lines (one a module, without a class name) and the suites' RESULT lines.
count() {
  local run fail error skip
  while read -r run fail error skip; do
    passed=$((passed + run - fail - error - skip))
    failed=$((failed + fail + error))
  done < <(sed -nE 's/^(\[[A-Z]+\] )?Tests run: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+), Skipped: ([0-9]+)$/\2 \3 \4 \5/p' "$1")
  while read -r run fail; do
    passed=$((passed + run))
    failed=$((failed + fail))
  done < <(sed -nE 's/^RESULT .*"passed":([0-9]+),"failed":([0-9]+),.*/\1 \2/p' "$1")
}

build_tools() {
  local tool
  for tool in e2e/tools/*/; do
    e2e/tools/build "$(basename "$tool")" || return
  done
}

# Maven with its output kept to what matters: Surefire's lines, warnings, errors, and how long it took.
maven() {
  mvn -B -ntp --fail-at-end "$@" 2>&1 |
    sed -E 's/\x1b\[[0-9;]*m//g' |
    grep --line-buffered -E '^\[ERROR\]|Tests run:|BUILD (SUCCESS|FAILURE)|Total time|LEAK:|Coverage|mutations|Mutation|>> |SUCCESS \[|FAILURE \[|SKIPPED'
  return "${PIPESTATUS[0]}"
}

finish() {
  if [ "${#failure_lines[@]}" -gt 0 ]; then
    echo "=== what failed"
    printf '%s\n' "${failure_lines[@]}"
  fi
  echo "=== stages"
  printf '%s\n' "${stage_lines[@]}"
  echo "=== $SECONDS s in all"
  echo "$passed passed, $failed failed"
  [ "$broken" -eq 0 ] && [ "$failed" -eq 0 ]
  exit
}

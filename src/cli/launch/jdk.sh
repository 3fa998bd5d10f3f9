#!/usr/bin/env bash
# Finds a JDK of release 25 or newer. Run, it prints the folder; sourced, it sets LETHE_JDK. Without one it says so and exits 1.
# It reads each JDK's `release` file and starts none of them, so it costs nothing.

# The major release of the JDK in folder $1, 0 where there is none.
jdk_major() {
  local line
  LETHE_MAJOR=0
  [[ -x $1/bin/java && -x $1/bin/javac && -r $1/release ]] || return 0
  while IFS= read -r line; do
    if [[ $line =~ ^JAVA_VERSION=\"([0-9]+) ]]; then LETHE_MAJOR=${BASH_REMATCH[1]}; return 0; fi
  done <"$1/release"
}

# Sets LETHE_JDK: JAVA_HOME first, then the usual places, then what PATH's java belongs to.
find_jdk() {
  local candidate java
  local -a candidates=("${JAVA_HOME:-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home
    /opt/java/* /opt/jdk*)
  if java=$(command -v java 2>/dev/null) && java=$(readlink -f "$java" 2>/dev/null); then
    candidates+=("${java%/bin/java}")
  fi
  for candidate in "${candidates[@]}"; do
    [[ -n $candidate ]] || continue
    jdk_major "$candidate"
    if ((LETHE_MAJOR >= 25)); then LETHE_JDK=$candidate; return 0; fi
  done
  echo "lethe: needs a JDK 25 or newer; none in JAVA_HOME${JAVA_HOME:+ ($JAVA_HOME)}, /usr/lib/jvm, SDKMAN or PATH. Set JAVA_HOME." >&2
  exit 1
}

find_jdk
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then echo "$LETHE_JDK"; fi

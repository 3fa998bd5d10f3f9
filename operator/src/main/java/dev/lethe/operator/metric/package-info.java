/** What the operator counts and times; docs/metrics.md tells what each means. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.metric;

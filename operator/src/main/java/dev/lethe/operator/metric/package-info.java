/** What the operator counts and times; docs/metrics.md explains each. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.metric;

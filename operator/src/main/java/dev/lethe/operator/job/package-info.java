/** An unlearning job in a cluster: its stages are gathered, planned, and created. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.job;

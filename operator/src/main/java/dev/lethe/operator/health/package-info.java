/** What probes are told. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.health;

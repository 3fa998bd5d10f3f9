/** The operator: gathers what a cluster holds, lets the planners plan, and does what they ask for. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator;

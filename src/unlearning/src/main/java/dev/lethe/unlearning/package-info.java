/** unlearning. */
package dev.lethe.unlearning;

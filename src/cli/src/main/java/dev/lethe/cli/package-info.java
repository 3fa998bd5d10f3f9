/** cli. */
package dev.lethe.cli;

package dev.lethe.unlearning.chat;

/**
 * A message of a chat.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 */
public record Turn(String role, String content) {
    /** Shows no text: no row may reach a log. */
    @Override
    public String toString() {
        return "Turn[" + role + "]";
    }
}

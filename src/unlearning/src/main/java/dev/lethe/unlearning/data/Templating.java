package dev.lethe.unlearning.data;

import java.util.Locale;

/** Which prompts of a set were put into the model's chat template. */
public enum Templating {
    NONE,
    /** Those of chats and questions; the set has others, too. */
    SOME,
    ALL;

    /** As plans and results name it. */
    public String code() {
        return this == ALL ? "chat" : this == SOME ? "chat-for-questions" : name().toLowerCase(Locale.ROOT);
    }
}

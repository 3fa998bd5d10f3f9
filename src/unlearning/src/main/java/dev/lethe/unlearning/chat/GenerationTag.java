package dev.lethe.unlearning.chat;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.util.stream.Collectors;

/** {@code {% generation %}}, which marks what the assistant says for those who train on it, and writes what it encloses. */
final class GenerationTag implements Tag {
    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
        return "generation";
    }

    @Override
    public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
        return tag.getChildren().stream()
                .map((Node child) -> child.render(interpreter).getValue())
                .collect(Collectors.joining());
    }
}

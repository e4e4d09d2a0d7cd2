import { Monitor, Moon, Sun } from "lucide-react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { THEMES, useTheme, type Theme } from "@/lib/theme";

const LOOKS: Record<Theme, { title: string; Icon: typeof Sun }> = {
  system: { title: "As the system", Icon: Monitor },
  light: { title: "Light", Icon: Sun },
  dark: { title: "Dark", Icon: Moon },
};

export function ThemeMenu() {
  const [theme, setTheme] = useTheme();
  const { Icon, title } = LOOKS[theme];
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={`Theme: ${title}`}>
          <Icon />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="min-w-44">
        <DropdownMenuRadioGroup
          value={theme}
          onValueChange={(next) => {
            const chosen = THEMES.find((option) => option === next);
            if (chosen) setTheme(chosen);
          }}
        >
          {THEMES.map((option) => {
            const look = LOOKS[option];
            return (
              <DropdownMenuRadioItem key={option} value={option}>
                <look.Icon aria-hidden className="text-muted-foreground" />
                {look.title}
              </DropdownMenuRadioItem>
            );
          })}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

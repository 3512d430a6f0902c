package diagram

// A colour that is not an owner's.
type ink struct{ paper, text, soft, faint, line, tint, bad string }

var (
	lightInk = ink{paper: "#ffffff", text: "#1d2026", soft: "#5d6470", faint: "#c3c8d0",
		line: "#9aa1ac", tint: "#f8f7f3", bad: "#c4122f"}
	darkInk = ink{paper: "#14161b", text: "#eceef2", soft: "#a3aab6", faint: "#3d434e",
		line: "#6d7582", tint: "#20232b", bad: "#ff6b7d"}
)

const shapeSheet = `text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;` +
	`font-variant-numeric:tabular-nums}` +
	`.title{font-size:16px;font-weight:600}.about{font-size:12.5px}` +
	`.name{font-size:12px;font-weight:600}` +
	`.tick,.skip,.key{font-size:10.5px}.skip{font-style:italic}` +
	`.t{paint-order:stroke;stroke-width:3.5px;stroke-linejoin:round;fill:currentColor}` +
	`.value{font-weight:600}.said{font-style:italic}.t.bad{font-weight:700}` +
	`path,circle,rect{fill:none}.life,.axis{stroke-width:1}` +
	`.gone{stroke-width:1;stroke-dasharray:1 5}` +
	`.still{stroke-width:5;stroke-opacity:.5}.hair{stroke-width:.75;stroke-dasharray:2 2}` +
	`.hair.bad{stroke-width:1.25;stroke-dasharray:none}.cut{stroke-width:1;stroke-dasharray:1 3}` +
	`.m{stroke:currentColor;stroke-width:1.35}.swatch{stroke-width:3}` +
	`.d1{stroke-dasharray:7 3}.d2{stroke-dasharray:1.5 2.5}` +
	`.d3{stroke-dasharray:8 2.5 1.5 2.5}.lost{stroke-opacity:.75}` +
	`.f{fill:currentColor}.s{stroke:currentColor;stroke-width:1.5;stroke-linejoin:round}` +
	`.x{stroke:currentColor;stroke-width:2;stroke-linecap:round}.e{stroke-width:1.25}` +
	`.i{stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}.q{stroke-width:1.1}`

// sheet writes the styles: shapes once, colours for each theme. Plain colours, no variables, since
// many a program that turns SVG into pixels knows none.
func (p *picture) sheet() {
	p.raw("<style>" + shapeSheet)
	switch p.svg.Theme {
	case ThemeDark:
		p.colours(&darkInk, true)
	case ThemeLight:
		p.colours(&lightInk, false)
	default:
		p.colours(&lightInk, false)
		p.raw("@media (prefers-color-scheme:dark){")
		p.colours(&darkInk, true)
		p.raw("}")
	}
	if p.d.opt.Vertical {
		p.raw(".t{font-size:10px}")
	}
	p.raw("</style>\n")
}

func (p *picture) colours(k *ink, dark bool) {
	p.raw(".paper,.p,.fold{fill:" + k.paper + "}.t,.e,.i{stroke:" + k.paper + "}" +
		"text{fill:" + k.text + "}.about,.tick,.skip,.key{fill:" + k.soft + "}" +
		".life,.still{stroke:" + k.line + "}.gone,.axis,.cut{stroke:" + k.faint + "}" +
		".hair,.q{stroke:" + k.soft + "}.g{fill:" + k.soft + "}.band{fill:" + k.tint + "}" +
		".bandtext{fill:" + k.soft + ";font-style:italic}" +
		".v{fill:" + k.bad + "}.hair.bad{stroke:" + k.bad + "}.t.bad{fill:" + k.bad + "}" +
		".t.said{fill:" + k.text + "}")
	for hue, colour := range Palette(dark) {
		p.f(".o%{color:", int32(hue))
		p.raw(colour + "}")
	}
}
